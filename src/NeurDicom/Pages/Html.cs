using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace NeurDicom.Pages;

/// <summary>
/// A piece of HTML, written as an interpolated string: <c>Html row = $"&lt;td&gt;{name}&lt;/td&gt;"</c>. The text of
/// the source is markup, everything that is put into it is escaped, unless it is <see cref="Html"/> itself. So no value
/// becomes markup, in an element or in an attribute between double quotes; elsewhere (an attribute without quotes, a
/// script) nothing is put.
/// </summary>
[InterpolatedStringHandler]
internal readonly struct Html
{
    // Every script as it is; <, >, & and both quotes escaped, and what is no Unicode replaced.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder? _text;

    public Html(int literalLength, int formattedCount) =>
        _text = new StringBuilder(literalLength + (16 * formattedCount));

    public static Html Empty => default;

    public void AppendLiteral(string markup) => _text!.Append(markup);

    public void AppendFormatted(string? text)
    {
        if (!string.IsNullOrEmpty(text))
            _text!.Append(Encoder.Encode(text));
    }

    public void AppendFormatted(long number) => _text!.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(long? number)
    {
        if (number is { } known)
            AppendFormatted(known);
    }

    public void AppendFormatted(Html html) => _text!.Append(html._text);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces)
            AppendFormatted(piece);
    }

    public override string ToString() => _text?.ToString() ?? "";
}
