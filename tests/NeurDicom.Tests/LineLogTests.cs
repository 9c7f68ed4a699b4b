using System.Text;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

public sealed class LineLogTests
{
    [Fact]
    public void A_message_is_a_line_with_time_level_and_category()
    {
        var text = Write(logger => Say(logger, LogLevel.Information, "Stored 3 instances"));

        text.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info NeurDicom\.Test Stored 3 instances\n$");
    }

    [Fact]
    public void A_message_cannot_forge_another_line()
    {
        var text = Write(logger => Say(logger, LogLevel.Warning, "Path /x\r\n2026-01-01 info forged"));

        text.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public void Nothing_is_lost_when_the_log_is_closed()
    {
        var text = Write(logger =>
        {
            for (var i = 0; i < 10_000; i++)
                Say(logger, LogLevel.Information, $"Line {i}");
        });

        text.Split('\n').Length.ShouldBe(10_001);
        text.ShouldContain("Line 9999\n");
    }

    [Fact]
    public void Who_does_not_read_holds_nobody_up()
    {
        using var released = new ManualResetEvent(false);
        using var target = new StuckStream(released);
        var log = new LineLog(target, TimeProvider.System);
        var logger = log.CreateLogger("NeurDicom.Test");

        for (var i = 0; i < 200_000; i++)
            Say(logger, LogLevel.Information, $"Line {i}");
        released.Set();
        log.Dispose();

        Encoding.UTF8.GetString(target.ToArray()).ShouldContain("lines were dropped here");
    }

    private static void Say(ILogger logger, LogLevel level, string text)
    {
        logger.Log(level, default, text, null, static (state, _) => state);
    }

    private static string Write(Action<ILogger> write)
    {
        using var target = new MemoryStream();
        using (var log = new LineLog(target, TimeProvider.System))
            write(log.CreateLogger("NeurDicom.Test"));
        return Encoding.UTF8.GetString(target.ToArray());
    }

    private sealed class StuckStream(ManualResetEvent released) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            released.WaitOne();
            base.Write(buffer);
        }
    }
}
