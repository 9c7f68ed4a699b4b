using System.Diagnostics;
using System.Net.Sockets;

namespace NeurDicom.Load;

/// <summary>Clients on threads of their own, each with its connection, until a count or a time is reached.</summary>
internal static class LoadLoop
{
    /// <summary>One operation of a client; the number counts over all clients.</summary>
    internal delegate int Operation(HttpConnection connection, int client, int number);

    /// <param name="first">The first number given out; the numbers after it follow.</param>
    /// <param name="count">How many operations at most.</param>
    /// <param name="time">How long at most; an operation that has begun is ended.</param>
    /// <returns>Operations a second, and how many there were.</returns>
    public static (double Rate, int Done) Run(
        int port, int clients, int first, int count, TimeSpan time, Operation operation, CancellationToken cancel)
    {
        var next = first - 1;
        var done = 0;
        var failures = new List<string>();
        var threads = new Thread[clients];
        using var ready = new CountdownEvent(clients);
        using var start = new ManualResetEventSlim();
        var watch = new Stopwatch();

        for (var client = 0; client < clients; client++)
        {
            var own = client;
            threads[client] = new Thread(() =>
            {
                try
                {
                    using var connection = new HttpConnection(port);
                    ready.Signal();
                    start.Wait(cancel);
                    while (!cancel.IsCancellationRequested && watch.Elapsed < time)
                    {
                        var number = Interlocked.Increment(ref next);
                        if (number >= first + count)
                            break;
                        var status = operation(connection, own, number);
                        if (status != 200)
                            throw new IOException($"Operation {number} was answered with {status}.");
                        Interlocked.Increment(ref done);
                    }
                }
                catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
                {
                    lock (failures)
                        failures.Add(exception.Message);
                }
            });
            threads[client].Start();
        }

        ready.Wait(TimeSpan.FromSeconds(10), cancel);
        watch.Start();
        start.Set();
        foreach (var thread in threads)
            thread.Join();
        watch.Stop();

        cancel.ThrowIfCancellationRequested();
        return failures.Count == 0
            ? (done / watch.Elapsed.TotalSeconds, done)
            : throw new InvalidOperationException($"{failures.Count} of {clients} clients failed: {failures[0]}");
    }
}
