namespace NeurDicom.Archive;

/// <summary>A version has its row, and its file is gone or cut off.</summary>
internal sealed class MissingBytesException(string message, Exception? inner = null) : IOException(message, inner);
