using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace NeurDicom.Index;

/// <summary>
/// Brings the schema forward: <c>Index/Schema/NNNN_name.sql</c>, embedded, each run once in its number's order and in a
/// transaction of its own. <c>PRAGMA user_version</c> holds the last number.
/// </summary>
internal static partial class Migrations
{
    private const string Prefix = "schema/";

    /// <exception cref="DataFolderException">The schema is newer than this program.</exception>
    public static void Run(SqliteConnection connection, ILogger logger)
    {
        var steps = Steps();
        var current = Version(connection);
        if (current > steps[^1].Number)
        {
            throw new DataFolderException(
                $"The index has schema version {current}, this program knows {steps[^1].Number}: a newer NeurDICOM has "
                + "used this data folder. Start that one, or restore a backup from before.");
        }

        foreach (var (number, resource) in steps.Where(step => step.Number > current))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = Text(resource)
                + string.Create(CultureInfo.InvariantCulture, $"\nPRAGMA user_version = {number};");
            command.ExecuteNonQuery();
            transaction.Commit();
            Log.Migrated(logger, number);
        }
    }

    internal static long Version(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)command.ExecuteScalar()!;
    }

    private static List<(int Number, string Resource)> Steps() =>
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), name))
            .OrderBy(step => step.Item1),
    ];

    private static string Text(string resource)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(resource)!;
        return new StreamReader(stream).ReadToEnd();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The index has schema version {Number}.")]
        public static partial void Migrated(ILogger logger, int number);
    }
}
