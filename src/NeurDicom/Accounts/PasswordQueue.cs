namespace NeurDicom.Accounts;

/// <summary>
/// Lets one password hash run per core; a few more wait a little, and the rest are sent away.
/// A hash takes half a second of a core by design: without this, a few wrong passwords a second would stop the archive.
/// </summary>
internal sealed class PasswordQueue : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly int _maxWaiting;
    private readonly SemaphoreSlim _free;
    private int _waiting;

    public PasswordQueue()
        : this(Environment.ProcessorCount)
    {
    }

    internal PasswordQueue(int cores)
    {
        _free = new SemaphoreSlim(cores, cores);
        _maxWaiting = 8 * cores;
    }

    /// <summary>Runs the work, or gives false when there is no room.</summary>
    public async Task<(bool Ran, T? Result)> TryRunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            var admitted = Interlocked.Increment(ref _waiting) <= _maxWaiting;
            try
            {
                if (!admitted || !await _free.WaitAsync(MaxWait, cancel))
                    return (false, default);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        try
        {
            return (true, await Task.Run(work, CancellationToken.None));
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
