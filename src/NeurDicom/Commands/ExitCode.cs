namespace NeurDicom.Commands;

/// <summary>What a command tells the shell.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Something was refused or failed.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
