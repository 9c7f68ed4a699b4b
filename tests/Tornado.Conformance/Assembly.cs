using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tornado.Tests")]
