namespace Tornado.Internal;

/// <summary>
/// Reads a whole form: values into memory, files into memory until they are many, then into temporary files.
/// </summary>
internal static class MultipartForm
{
    public static async Task ReadAsync(
        MultipartReader reader,
        ArgumentMap arguments,
        Dictionary<string, List<HttpFile>> files,
        ApplicationSettings settings,
        CancellationToken cancel)
    {
        var held = 0L;
        while (await reader.ReadPartAsync(cancel) is { } part)
        {
            if (part.Disposition != "form-data")
                throw new HttpException(400, "Invalid body: multipart: a part is no form-data");
            if (part.Name is not { Length: > 0 } name)
                throw new HttpException(400, "Invalid body: multipart: a part has no name");

            var isFile = part.FileName is { Length: > 0 };
            var (memory, rest) = await ReadPartAsync(part, settings.MaxBufferedForm - held, cancel);
            held += memory.Length;
            if (isFile)
            {
                if (!files.TryGetValue(name, out var list))
                    files.Add(name, list = []);
                list.Add(await ToFileAsync(part, memory, rest, cancel));
            }
            else if (rest)
            {
                throw new HttpException(413, "A form value is too large");
            }
            else
            {
                arguments.Add(name, memory.ToArray());
            }
        }
    }

    /// <summary>Reads a part until its end or one byte beyond the room; whether there is a rest.</summary>
    private static async Task<(Memory<byte> Bytes, bool HasMore)> ReadPartAsync(
        MultipartPart part, long room, CancellationToken cancel)
    {
        var bytes = new byte[Math.Min(4096, room + 1)];
        var length = 0;
        while (await part.ReadAsync(bytes.AsMemory(length), cancel) is > 0 and var read)
        {
            length += read;
            if (length > room)
                return (bytes.AsMemory(0, length), true);
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, room + 1));
        }
        return (bytes.AsMemory(0, length), false);
    }

    private static async Task<HttpFile> ToFileAsync(
        MultipartPart part, Memory<byte> begin, bool rest, CancellationToken cancel)
    {
        var type = part.ContentType ?? "application/unknown";
        if (!rest)
            return new HttpFile(part.FileName ?? "", type, begin);

        var spilled = OpenTemporary();
        try
        {
            await spilled.WriteAsync(begin, cancel);
            await part.Body.CopyToAsync(spilled, cancel);
            await spilled.FlushAsync(cancel);
            return new HttpFile(part.FileName ?? "", type, spilled);
        }
        catch
        {
            await spilled.DisposeAsync();
            throw;
        }
    }

    private static FileStream OpenTemporary()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(Path.GetTempPath(), "tornado-" + Path.GetRandomFileName());
        var file = new FileStream(path, options);

        // Where an open file may lose its name it does so at once: then not even a crash leaves it behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }
}
