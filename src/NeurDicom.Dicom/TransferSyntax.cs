namespace NeurDicom.Dicom;

/// <summary>How a data set is encoded (PS3.5 10): value representations, byte order, deflation, pixel data.</summary>
public sealed class TransferSyntax
{
    private static readonly Dictionary<string, TransferSyntax> Registered = UidRegistry.All
        .Where(entry => entry.Type == "Transfer Syntax")
        .ToDictionary(
            entry => entry.Uid.Value,
            entry => new TransferSyntax(entry.Uid, entry.Name, isKnown: true),
            StringComparer.Ordinal);

    private static readonly Dictionary<string, TransferSyntax>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        Registered.GetAlternateLookup<ReadOnlySpan<char>>();

    private TransferSyntax(Uid uid, string name, bool isKnown)
    {
        Uid = uid;
        Name = name;
        IsKnown = isKnown;

        // PS3.5 A.1, and Papyrus 3, which is Implicit VR too; A.3; A.5, and the two of A.9 and A.13 that are deflated.
        IsExplicit = uid.Value is not ("1.2.840.10008.1.2" or "1.2.840.10008.1.20");
        IsBigEndian = uid.Value is "1.2.840.10008.1.2.2";
        IsDeflated = uid.Value is "1.2.840.10008.1.2.1.99" or "1.2.840.10008.1.2.4.95" or "1.2.840.10008.1.2.4.205";

        // PS3.5 A.4; JPIP (.94, .95, .204, .205) has no Pixel Data element at all.
        IsEncapsulated = uid.Value is "1.2.840.10008.1.2.5" or "1.2.840.10008.1.2.1.98" or "1.2.840.10008.1.2.8.1" ||
            (uid.Value.StartsWith("1.2.840.10008.1.2.4.", StringComparison.Ordinal) &&
                uid.Value is not ("1.2.840.10008.1.2.4.94" or "1.2.840.10008.1.2.4.95" or
                    "1.2.840.10008.1.2.4.204" or "1.2.840.10008.1.2.4.205"));
    }

    /// <summary>Implicit VR Little Endian, the default (PS3.5 A.1).</summary>
    public static TransferSyntax ImplicitVrLittleEndian { get; } = Registered["1.2.840.10008.1.2"];

    /// <summary>Explicit VR Little Endian (PS3.5 A.2).</summary>
    public static TransferSyntax ExplicitVrLittleEndian { get; } = Registered["1.2.840.10008.1.2.1"];

    /// <summary>Deflated Explicit VR Little Endian (PS3.5 A.5).</summary>
    public static TransferSyntax DeflatedExplicitVrLittleEndian { get; } = Registered["1.2.840.10008.1.2.1.99"];

    /// <summary>Explicit VR Big Endian, retired (PS3.5 A.3).</summary>
    public static TransferSyntax ExplicitVrBigEndian { get; } = Registered["1.2.840.10008.1.2.2"];

    /// <summary>Every transfer syntax of the registry.</summary>
    public static IEnumerable<TransferSyntax> All => Registered.Values;

    /// <summary>The UID, PS3.6 Table A-1.</summary>
    public Uid Uid { get; }

    /// <summary>The name of the registry, or the UID where it is not registered.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether the registry has it. One that it has not is taken to be explicit, little endian, encapsulated.
    /// </summary>
    public bool IsKnown { get; }

    /// <summary>Whether elements carry their VR.</summary>
    public bool IsExplicit { get; }

    /// <summary>Whether numbers have their most significant byte first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Whether the data set, all of it, is deflated.</summary>
    public bool IsDeflated { get; }

    /// <summary>Whether pixel data is cut into fragments, compressed or not.</summary>
    public bool IsEncapsulated { get; }

    /// <summary>
    /// The syntax with this UID; an unknown one is described as far as it can be (<see cref="IsKnown"/>).
    /// </summary>
    public static TransferSyntax Find(Uid uid) =>
        Registered.TryGetValue(uid.Value, out var syntax) ? syntax : new TransferSyntax(uid, uid.Value, isKnown: false);

    /// <summary>
    /// The syntax named by the bytes of an element, null where they are no UID. Known ones allocate nothing.
    /// </summary>
    public static TransferSyntax? Find(ReadOnlySpan<byte> value)
    {
        value = value.TrimEnd("\0 "u8);
        if (value.Length is 0 or > Uid.MaxLength)
            return null;

        Span<char> text = stackalloc char[value.Length];
        for (var i = 0; i < value.Length; i++)
            text[i] = (char)value[i];

        if (BySpan.TryGetValue(text, out var syntax))
            return syntax;

        return Uid.TryParse(text, out var uid) ? new TransferSyntax(uid, uid.Value, isKnown: false) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
