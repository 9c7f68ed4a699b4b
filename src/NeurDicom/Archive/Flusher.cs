namespace NeurDicom.Archive;

/// <summary>Flushes the open segment on a thread of its own, while the writer prepares the rows.</summary>
internal sealed class Flusher : IDisposable
{
    // These do not spin: the processor has something better to do while the disk works.
    private readonly AutoResetEvent _go = new(false);
    private readonly AutoResetEvent _done = new(false);
    private OpenSegment? _segment;
    private Exception? _failure;

    public Flusher() => new Thread(Run) { Name = "archive flush", IsBackground = true }.Start();

    public void Start(OpenSegment segment)
    {
        _segment = segment;
        _go.Set();
    }

    /// <exception cref="FlushException">What was written may or may not be on the disk.</exception>
    public void Finish()
    {
        _done.WaitOne();
        if (_failure is { } failure)
            throw new FlushException(failure);
    }

    public void Dispose()
    {
        _segment = null;
        _go.Set();
    }

    private void Run()
    {
        while (true)
        {
            _go.WaitOne();
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

            _done.Set();
        }
    }
}

/// <summary>A flush failed; after that the kernel may have dropped what it could not write.</summary>
internal sealed class FlushException(Exception inner) : IOException("The segment could not be flushed.", inner);
