namespace NeurDicom.Browse;

/// <summary>
/// Reads JSON that this program wrote itself, so without blanks between the tokens:
/// it looks for the ends of the tokens and decodes nothing, which takes half the time of a reader that checks every
/// byte. What is not of that form is an error.
/// </summary>
/// <exception cref="InvalidDataException">It is not JSON without blanks, or it is cut off.</exception>
internal ref struct CompactJson(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _position;

    /// <summary>Whether the value that comes is an object.</summary>
    public readonly bool IsObject => Peek() == '{';

    /// <returns>To be handed to <see cref="NextMember"/>, each object its own.</returns>
    public bool BeginObject()
    {
        Expect((byte)'{');
        return true;
    }

    /// <summary>Goes behind the next member's name, to its value, which must be read or skipped then.</summary>
    /// <param name="isFirst">What <see cref="BeginObject"/> gave.</param>
    /// <param name="name">As it stands there, escapes included.</param>
    /// <returns>False behind the object's end.</returns>
    public bool NextMember(ref bool isFirst, out ReadOnlySpan<byte> name)
    {
        if (!Continues(ref isFirst, (byte)'}'))
        {
            name = default;
            return false;
        }

        name = ReadText();
        Expect((byte)':');
        return true;
    }

    /// <returns>To be handed to <see cref="NextItem"/>, each array its own.</returns>
    public bool BeginArray()
    {
        Expect((byte)'[');
        return true;
    }

    /// <summary>Goes to the next item, which must be read or skipped then.</summary>
    /// <returns>False behind the array's end.</returns>
    public bool NextItem(ref bool isFirst) => Continues(ref isFirst, (byte)']');

    /// <summary>A text without its quotes, its escapes as they stand there.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        Expect((byte)'"');
        var start = _position;
        while (true)
        {
            var length = _json[_position..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0)
                throw Malformed();
            _position += length;
            if (_json[_position] == '"')
                return _json[start.._position++];
            _position += 2;
            if (_position > _json.Length)
                throw Malformed();
        }
    }

    /// <summary>A text with its quotes, a number, a truth value or null, as it stands there.</summary>
    public ReadOnlySpan<byte> ReadScalar()
    {
        var start = _position;
        if (Peek() == '"')
        {
            ReadText();
            return _json[start.._position];
        }

        var length = _json[start..].IndexOfAny(",]}"u8);
        if (length <= 0)
            throw Malformed();
        _position += length;
        return _json.Slice(start, length);
    }

    /// <summary>Goes behind the value that comes, whatever it is.</summary>
    public void Skip()
    {
        // No recursion: how deep it goes is counted.
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case (byte)'{' or (byte)'[':
                    depth++;
                    _position++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    _position++;
                    break;
                case (byte)',' or (byte)':':
                    _position++;
                    break;
                default:
                    ReadScalar();
                    if (depth > 0 && Peek() == ':')
                        _position++;
                    break;
            }
        }
        while (depth > 0);
    }

    private bool Continues(ref bool isFirst, byte end)
    {
        if (Peek() == end)
        {
            _position++;
            return false;
        }

        if (!isFirst)
            Expect((byte)',');
        isFirst = false;
        return true;
    }

    private readonly byte Peek() => _position < _json.Length ? _json[_position] : throw Malformed();

    private void Expect(byte token)
    {
        if (Peek() != token)
            throw Malformed();
        _position++;
    }

    private readonly InvalidDataException Malformed() =>
        new($"The metadata is not as this program writes it, at byte {_position}.");
}
