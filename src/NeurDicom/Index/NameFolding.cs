using System.Collections.Frozen;
using System.Text;

namespace NeurDicom.Index;

/// <summary>
/// Names as they are searched: lower case, without accents, full-width letters as plain ones. A table of our own,
/// because .NET neither decomposes nor collates without ICU, which a small machine does not have; and what the index
/// holds must not change with the machine.
/// </summary>
internal static class NameFolding
{
    // A letter and what is searched as it: the canonical decompositions of Unicode 15 without their marks, for Latin,
    // Greek and Cyrillic, and letters with a stroke, which have none.
    private static readonly string[] Letters =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bƀḃḅḇ",
        "cçćĉċčḉ",
        "dðďđḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǥǧǵḡ",
        "hĥħȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįıǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľłƚḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöøǿōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšſẛșṡṣṥṧṩ",
        "tţťŧțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžƶẑẓẕ",
        "ʒǯ",
        "ʹʹ",
        "αάἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
        "εέἐἑἒἓἔἕὲέ",
        "ηήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
        "ιΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ",
        "οόὀὁὂὃὄὅὸό",
        "ρῤῥ",
        "σς",
        "υΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
        "ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
        "аӑӓ",
        "гѓ",
        "еѐёӗ",
        "жӂӝ",
        "зӟ",
        "ийѝӣӥ",
        "кќ",
        "оӧ",
        "уўӯӱӳ",
        "чӵ",
        "ыӹ",
        "эӭ",
        "ії",
        "ѵѷ",
        "әӛ",
        "өӫ",
    ];

    private static readonly FrozenDictionary<char, char> Plain = Letters
        .SelectMany(line => line.Skip(1).Select(variant => KeyValuePair.Create(variant, line[0])))
        .ToFrozenDictionary();

    public static string Fold(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAscii(c) || char.IsAsciiLetterUpper(c))
                return FoldSlowly(name);
        }

        return name;
    }

    private static string FoldSlowly(string name)
    {
        var folded = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            var lower = c switch
            {
                '\u3000' => ' ', // the full-width space
                >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - 0xFEE0)), // full-width ASCII
                'İ' => 'i', // has no lower case of one letter outside Turkish
                _ => char.ToLowerInvariant(c),
            };
            _ = lower switch
            {
                >= '\u0300' and <= '\u036F' => folded, // combining marks
                'ß' => folded.Append("ss"),
                'æ' or 'ǣ' or 'ǽ' => folded.Append("ae"),
                'œ' => folded.Append("oe"),
                'þ' => folded.Append("th"),
                _ => folded.Append(Plain.TryGetValue(lower, out var plain) ? plain : lower),
            };
        }

        return folded.ToString();
    }
}
