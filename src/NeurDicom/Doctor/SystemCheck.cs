using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Commands;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Doctor;

/// <summary>Looks at what the system has: the program, its libraries, memory, files, the clock.</summary>
internal static class SystemCheck
{
    private const long LittleMemory = 512L << 20;

    // A connection, a segment and a large file take one each.
    private const long FewFiles = 4096;

    public static IEnumerable<Finding> Run(TimeProvider time)
    {
        yield return Finding.Ok("program", string.Create(
            CultureInfo.InvariantCulture,
            $"NeurDICOM {VersionCommand.Version} on {RuntimeInformation.FrameworkDescription}, "
                + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"));
        yield return Sqlite();
        yield return Jpeg();
        yield return Tls();
        yield return Memory();
        yield return OpenFiles();
        yield return Clock(time);
    }

    private static Finding Sqlite()
    {
        SqliteEngine.Load(NullLogger.Instance);
        return SqliteEngine.IsSystem
            ? Finding.Ok("sqlite", $"SQLite {SqliteEngine.Version}, the system's")
            : Finding.Note(
                "sqlite",
                $"SQLite {SqliteEngine.Version} from the program itself, which gets no patches; "
                    + "install libsqlite3-0 (Debian)");
    }

    private static Finding Jpeg() => TurboJpeg.Load() is not null
        ? Finding.Ok("jpeg", "libjpeg-turbo, the system's")
        : Finding.Note(
            "jpeg", "There is no libjpeg-turbo: pictures are PNG, which is larger; install libturbojpeg0 (Debian)");

    private static Finding Tls()
    {
        if (!OperatingSystem.IsLinux())
            return Finding.Ok("tls", "the system's");
        try
        {
            var version = SafeEvpPKeyHandle.OpenSslVersion; // MNNFFPPS, openssl/opensslv.h
            return Finding.Ok("tls", string.Create(
                CultureInfo.InvariantCulture,
                $"OpenSSL {version >> 28}.{(version >> 20) & 0xFF}.{(version >> 4) & 0xFFFF}, the system's"));
        }
        catch (Exception e)
            when (e is TypeInitializationException or DllNotFoundException or PlatformNotSupportedException)
        {
            return Finding.Wrong("tls", "There is no OpenSSL, which the program needs; install libssl3 (Debian)");
        }
    }

    private static Finding Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Amount(bytes)} for the program, {Environment.ProcessorCount} processor cores");
        return bytes < LittleMemory
            ? Finding.Note("memory", $"{text}; several large pictures at once need more than {Amount(LittleMemory)}")
            : Finding.Ok("memory", text);
    }

    private static Finding OpenFiles()
    {
        const string file = "/proc/self/limits";
        var words = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))
                ?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : null;
        // The hard limit, which .NET raises the soft one to.
        if (words is not [_, _, _, _, var hard, ..])
            return Finding.Ok("open files", "not limited here");
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most < FewFiles
            ? Finding.Note(
                "open files",
                $"{hard} at a time, which many clients at once may use up; ulimit -n or LimitNOFILE= raises it")
            : Finding.Ok("open files", $"{hard} at a time");
    }

    private static Finding Clock(TimeProvider time)
    {
        var now = time.GetLocalNow();
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? AppContext.BaseDirectory);
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss zzz}, time zone {TimeZoneInfo.Local.Id}");
        return now.UtcDateTime.AddDays(1) < built
            ? Finding.Wrong("clock", $"{text}: that is before this program was made; set the clock")
            : Finding.Ok("clock", text);
    }

    /// <summary>Bytes as people say them.</summary>
    public static string Amount(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double amount = bytes;
        var unit = 0;
        while (amount >= 1024 && unit < units.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.#} {units[unit]}");
    }
}
