using System.Collections.Concurrent;

namespace Tornado.Tests;

/// <summary>The hooks that ran, in order.</summary>
internal sealed class Events
{
    private readonly ConcurrentQueue<string> _events = new();

    public void Add(string name) => _events.Enqueue(name);

    /// <summary>Waits for as many hooks: the last ones run after the answer was sent.</summary>
    public async Task ShouldBeAsync(params string[] expected)
    {
        for (var i = 0; i < 1500 && _events.Count < expected.Length; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        _events.ShouldBe(expected);
    }

    public void Clear() => _events.Clear();
}
