using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>Shares out how many pixels may be in memory at once, in the order of asking.</summary>
internal sealed class PixelBudget(long pixels) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _all = pixels;

    // Whoever has the turn waits for pixels, the others for the turn:
    // a large frame is not overtaken for ever by small ones.
    private readonly SemaphoreSlim _turn = new(1);

    private TaskCompletionSource _freed = NewSignal();
    private long _left = pixels;

    // What a pixel of the budget stands for, in bytes: those of a grey picture while it is made.
    private const int BytesOfPixel = 5;

    /// <summary>What a frame takes while its samples and what is made of them are in memory.</summary>
    /// <param name="pixelLength">Bytes of a pixel that is made.</param>
    public static long Cost(NativeFrames frames, int pixelLength, long morePixels = 0)
    {
        var pixels = frames.Description.PixelsPerFrame;
        var bytes = frames.SampleBytesPerFrame + (pixels + Math.Max(pixels, morePixels)) * pixelLength;
        return Math.Max(Math.Max(pixels, morePixels), bytes / BytesOfPixel);
    }

    /// <summary>Waits until this many pixels are free; they are taken until the share is disposed of.</summary>
    public async Task<Share> TakeAsync(long wanted, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, _all);
        await _turn.WaitAsync(cancel);
        try
        {
            while (true)
            {
                Task freed;
                lock (_lock)
                {
                    if (wanted <= _left)
                    {
                        _left -= wanted;
                        return new Share(this, wanted);
                    }

                    freed = _freed.Task;
                }

                await freed.WaitAsync(cancel);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void GiveBack(long taken)
    {
        TaskCompletionSource freed;
        lock (_lock)
        {
            _left += taken;
            (freed, _freed) = (_freed, NewSignal());
        }

        freed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Pixels that are taken.</summary>
    internal sealed class Share(PixelBudget budget, long taken) : IDisposable
    {
        private PixelBudget? _budget = budget;

        public void Dispose() => Interlocked.Exchange(ref _budget, null)?.GiveBack(taken);
    }
}
