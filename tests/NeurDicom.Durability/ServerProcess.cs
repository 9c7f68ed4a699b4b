using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace NeurDicom.Durability;

/// <summary>The built server as a process of its own, and a client on the Unix socket in its data folder.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process, string data)
    {
        _process = process;
        var socketFile = Path.Combine(data, "socket");
        Http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketFile), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Patience,
        };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Append(string? line)
        {
            lock (_output)
                _output.AppendLine(line);
        }
    }

    public HttpClient Http { get; }

    /// <summary>The most memory in bytes that the server ever held, without a wrapper (proc_pid_status(5), VmHWM).</summary>
    public long PeakMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Trim(),
        CultureInfo.InvariantCulture);

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="wrapper">A command that the server is run by, such as strace with its options.</param>
    /// <param name="options">More of its command line.</param>
    /// <param name="environment">Variables of its own, such as those that the server reads for these tests alone.</param>
    public static ServerProcess Start(
        string data,
        IReadOnlyList<string>? wrapper = null,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyList<string>? options = null)
    {
        string[] command =
        [
            .. wrapper ?? [], Path.Combine(AppContext.BaseDirectory, "neurdicom"), "serve", "--data", data, "--rest_port", "0",
            "--logging", "warning", "--disk_reserve", "0", .. options ?? [],
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["NEURDICOM_ADMIN_PASSWORD"] = "not-for-people-0815";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new ServerProcess(Process.Start(start)!, data);
    }

    /// <summary>Waits for the first answer.</summary>
    public async Task<TimeSpan> ReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync("/api/instances?limit=1");
                answer.EnsureSuccessStatusCode();
                return watch.Elapsed;
            }
            catch (HttpRequestException) when (!_process.HasExited && watch.Elapsed < Patience)
            {
                await Task.Delay(5);
            }
            catch (HttpRequestException e)
            {
                throw new InvalidOperationException($"The server did not come up:\n{Output}", e);
            }
        }
    }

    /// <summary>SIGKILL, at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM to the server, also where another command runs it, and waits for its end.</summary>
    public async Task StopAsync()
    {
        var child = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ')[0];
        _ = SendSignal(child.Length > 0 ? int.Parse(child, CultureInfo.InvariantCulture) : _process.Id, 15 /* SIGTERM */);
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Http.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
