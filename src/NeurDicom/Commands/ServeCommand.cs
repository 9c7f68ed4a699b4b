using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create(
        IDictionary environment, Func<Settings, TextWriter, CancellationToken, Task<int>> run)
    {
        var options = SettingsReader.All.Select(CommandSettings.CreateOption).ToList();
        var command = new Command(
            "serve",
            "Runs the server. A setting may also stand in the environment (NEURDICOM_REST_PORT), which the command "
            + "line overrides, or in settings.json in the data folder, which both override. "
            + "A size is a number of bytes, or has a unit: KiB, MiB, GiB, TiB (powers of 1024) or KB, MB, GB, "
            + "TB (of 1000).");
        foreach (var option in options)
            command.Add(option);
        var demo = new Option<bool>("--demo")
        {
            Description = "First store synthetic studies to look at, if the archive is empty.",
        };
        command.Add(demo);

        command.SetAction(async (parsed, cancel) =>
        {
            if (CommandSettings.Read(parsed, options, environment) is not { } settings)
                return ExitCode.WrongUsage;
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(demo))
                await DemoCommand.FillWhenEmptyAsync(settings, output, error, cancel);
            return await RunAsync(run, settings, output, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Func<Settings, TextWriter, CancellationToken, Task<int>> run, Settings settings, TextWriter output,
        CancellationToken cancel)
    {
        // The library waits for an interrupted command only once the call that began it has returned: a start in which nothing
        // has to be waited for would be cut off by a signal that comes right behind it.
        await Task.Yield();
        try
        {
            return await run(settings, output, cancel);
        }
        // Kestrel words the port that is in use, and it alone, by itself.
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            var name = e.Message.Contains("https://", StringComparison.Ordinal) ? "https_port" : "rest_port";
            throw new IOException($"{e.Message.TrimEnd('.')}. Choose another port with --{name}.", e);
        }
        catch (SocketException e)
        {
            var port = (e.Data[nameof(EndPoint)] as IPEndPoint)?.Port ?? settings.RestPort;
            var name = port == settings.HttpsPort ? "https_port" : "rest_port";
            throw new IOException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cannot listen on {settings.Address}, port {port}: {Explain(name, port, e)}"), e);
        }
    }

    private static string Explain(string name, int port, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied when port is > 0 and < 1024 =>
            $"ports below 1024 are not for ordinary users. Choose another with --{name}.",
        SocketError.AddressNotAvailable => "this machine has no such address. Choose another with --address.",
        _ => e.Message,
    };
}
