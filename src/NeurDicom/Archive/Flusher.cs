namespace NeurDicom.Archive;

/// <summary>Flushes the open segment on a thread of its own, while the writer prepares the rows.</summary>
internal sealed class Flusher : IDisposable
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private OpenSegment? _segment;
    private Exception? _failure;

    public Flusher() => new Thread(Run) { Name = "archive flush", IsBackground = true }.Start();

    public void Start(OpenSegment segment)
    {
        _segment = segment;
        _go.Release();
    }

    /// <exception cref="FlushException">What was written may or may not be on the disk.</exception>
    public void Finish()
    {
        _done.Wait();
        if (_failure is { } failure)
            throw new FlushException(failure);
    }

    public void Dispose()
    {
        _segment = null;
        _go.Release();
    }

    private void Run()
    {
        while (true)
        {
            _go.Wait();
            if (_segment is null)
                return;
            try
            {
                _failure = null;
                _segment.Flush();
            }
            catch (Exception e)
            {
                _failure = e;
            }

            _done.Release();
        }
    }
}

/// <summary>A flush failed; after that the kernel may have dropped what it could not write.</summary>
internal sealed class FlushException(Exception inner) : IOException("The segment could not be flushed.", inner);
