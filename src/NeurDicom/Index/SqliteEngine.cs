using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace NeurDicom.Index;

/// <summary>
/// Which SQLite runs: the system's, which the distribution patches, else the older one that comes with the package.
/// </summary>
internal static partial class SqliteEngine
{
    private static readonly Lock Gate = new();
    private static bool _ready;

    /// <summary>True: the system's library; false: the bundled one.</summary>
    public static bool IsSystem { get; private set; }

    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Must come before the first connection; later calls do nothing.</summary>
    public static void Load(ILogger logger)
    {
        lock (Gate)
        {
            if (_ready)
                return;
            nint library = 0;
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) =>
            {
                if (name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system))
                {
                    IsSystem = true;
                    return library = system;
                }

                return 0; // the default search finds the bundled one
            });
            Batteries_V2.Init();

            // A connection is used by one thread at a time, so it needs no lock of its own around every call;
            // in a list that lock was a fifth of the time. Before the first connection,
            // or SQLite refuses it (sqlite.org/threadsafe.html).
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
            // Nobody asks how much memory SQLite uses; counting it takes a lock at every allocation.
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
            SqliteColumns.Load(library != 0
                ? library
                : NativeLibrary.Load("e_sqlite3", typeof(SQLite3Provider_e_sqlite3).Assembly, searchPath: null));
            _ready = true;
            if (!IsSystem)
                Log.Bundled(logger, Version);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning,
            "The system has no libsqlite3.so.0: the bundled SQLite {Version} runs, which gets no patches.")]
        public static partial void Bundled(ILogger logger, string version);
    }
}
