namespace NeurDicom;

/// <summary>The data folder cannot be used; the message is for whoever starts the program.</summary>
internal sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);
