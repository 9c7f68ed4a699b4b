using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace NeurDicom;

/// <summary>
/// The log: a line for each message on standard error. A line is put into a buffer, and a thread of its own writes what
/// has gathered, since a write for each request would cost as much as the request (the console logger of .NET does
/// that, and a line of it 25 µs). What is a warning or worse is written at once.
/// Where nobody reads, lines are dropped, and their number is told: a log never holds up the archive.
/// </summary>
internal sealed class LineLog : ILoggerProvider
{
    private const int MostBuffered = 1 << 20;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Stream _target;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _hasLines = new(false);
    private readonly ManualResetEvent _isUrgent = new(false);
    private ArrayBufferWriter<byte> _gathered = new(16 << 10);
    private ArrayBufferWriter<byte> _writing = new(16 << 10);
    private long _dropped;
    private bool _isClosing;

    public LineLog(Stream target, TimeProvider time)
    {
        _target = target;
        _time = time;
        _thread = new Thread(WriteLines) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    public ILogger CreateLogger(string categoryName)
    {
        return new Category(this, categoryName);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosing)
                return;
            _isClosing = true;
        }

        _isUrgent.Set();
        _hasLines.Set();
        // Who does not read does not keep the server from stopping either.
        if (!_thread.Join(Patience))
            return;
        _hasLines.Dispose();
        _isUrgent.Dispose();
    }

    private void Add(LogLevel level, string category, string message, Exception? exception)
    {
        lock (_lock)
        {
            if (_isClosing)
                return;
            if (_gathered.WrittenCount > MostBuffered)
            {
                _dropped++;
                return;
            }

            Span<byte> head = stackalloc byte[32];
            _time.GetUtcNow()
                .TryFormat(head, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture);
            _gathered.Write(head[..length]);
            _gathered.Write(Name(level));
            Encoding.UTF8.GetBytes(category, _gathered);
            _gathered.Write(" "u8);
            AddText(message);
            if (exception is not null)
            {
                _gathered.Write("\n"u8);
                Encoding.UTF8.GetBytes(exception.ToString(), _gathered);
            }

            _gathered.Write("\n"u8);

            // Within the lock: behind it Dispose may have ended the thread, and these with it.
            if (level >= LogLevel.Warning)
                _isUrgent.Set();
            _hasLines.Set();
        }
    }

    // A message is one line, whatever a client put into the path that it names.
    private void AddText(string message)
    {
        if (message.AsSpan().ContainsAnyInRange('\0', '\x1F'))
            message = string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c));
        Encoding.UTF8.GetBytes(message, _gathered);
    }

    private void WriteLines()
    {
        while (true)
        {
            _hasLines.WaitOne();
            _isUrgent.WaitOne(Gathering);
            _isUrgent.Reset();

            bool isClosing;
            lock (_lock)
            {
                isClosing = _isClosing;
                if (_dropped > 0)
                {
                    Encoding.UTF8.GetBytes(
                        string.Create(CultureInfo.InvariantCulture, $"… {_dropped} lines were dropped here\n"),
                        _gathered);
                    _dropped = 0;
                }

                (_gathered, _writing) = (_writing, _gathered);
            }

            try
            {
                _target.Write(_writing.WrittenSpan);
                _target.Flush();
            }
            catch (IOException)
            {
                // The terminal is gone; there is nobody to tell.
            }

            _writing.ResetWrittenCount();
            if (isClosing)
                return;
        }
    }

    private static ReadOnlySpan<byte> Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace "u8,
        LogLevel.Debug => "debug "u8,
        LogLevel.Information => "info "u8,
        LogLevel.Warning => "warning "u8,
        LogLevel.Error => "error "u8,
        _ => "critical "u8,
    };

    private sealed class Category(LineLog log, string name) : ILogger
    {
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
        {
            log.Add(logLevel, name, formatter(state, exception), exception);
        }

        public bool IsEnabled(LogLevel logLevel)
        {
            return logLevel != LogLevel.None;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            return null;
        }
    }
}
