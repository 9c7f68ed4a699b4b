using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NeurDicom.Load;

/// <summary>A server that is measured: its process, where it listens, where each operation lies.</summary>
internal abstract partial class Peer(string name, string folder) : IDisposable
{
    private static readonly double TicksPerSecond = SystemConfiguration(2); // _SC_CLK_TCK

    private Process? _process;
    private StreamWriter? _log;

    public string Name => name;

    public string Folder => folder;

    public int Port { get; private set; }

    /// <summary>Cheap, and answered only when the index is open.</summary>
    public abstract string ReadyPath { get; }

    public abstract string StorePath { get; }

    /// <summary>Highest resident memory since the start, in MB.</summary>
    public double PeakMemory() => Status("VmHWM:") / 1024;

    /// <summary>Processor time used since the start, all threads, in milliseconds.</summary>
    public double ProcessorTime()
    {
        var stat = File.ReadAllText($"/proc/{_process!.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture))
            / TicksPerSecond * 1000;
    }

    /// <summary>Starts the process and waits for its first successful answer.</summary>
    /// <returns>The time from the start of the process to that answer.</returns>
    public TimeSpan Start(CancellationToken cancel)
    {
        Port = FreePort();
        Directory.CreateDirectory(folder);
        var command = Command();
        command.RedirectStandardOutput = command.RedirectStandardError = true;
        command.UseShellExecute = false;

        var log = _log = new StreamWriter(folder + ".log", append: true) { AutoFlush = true };
        var watch = Stopwatch.StartNew();
        _process = new Process { StartInfo = command };
        _process.OutputDataReceived += (_, line) => Log(log, line.Data);
        _process.ErrorDataReceived += (_, line) => Log(log, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        while (!IsReady())
        {
            cancel.ThrowIfCancellationRequested();
            if (_process.HasExited || watch.Elapsed > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException($"{name} did not start; see {folder}.log.");
            Thread.Sleep(2);
        }

        return watch.Elapsed;
    }

    /// <summary>Asks the process to end, and ends it when it does not.</summary>
    public void Stop()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, 15);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
                _process.Kill(entireProcessTree: true);
        }

        Forget();
    }

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        Forget();
    }

    public void Dispose() => Stop();

    protected abstract ProcessStartInfo Command();

    private void Forget()
    {
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
        _log!.Dispose();
    }

    private bool IsReady()
    {
        try
        {
            using var connection = new HttpConnection(Port);
            return connection.Send(HttpConnection.Get(ReadyPath, "application/json")) == 200;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private double Status(string field)
    {
        var line = File.ReadLines($"/proc/{_process!.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static void Log(StreamWriter log, string? line)
    {
        lock (log)
            log.WriteLine(line);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemConfiguration(int name);
}
