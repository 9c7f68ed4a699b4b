using System.Globalization;
using Tornado.Conformance;

// The reference applications on consecutive ports: Tornado.Conformance BASE_PORT.
if (args is not [var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var basePort))
{
    await Console.Error.WriteLineAsync("usage: Tornado.Conformance BASE_PORT");
    return 2;
}

var servers = ReferenceApplications.Build().Select((a, i) => a.Listen(basePort + i, "127.0.0.1")).ToList();
foreach (var server in servers)
    await server.StartAsync();
await servers[0].RunAsync();
return 0;
