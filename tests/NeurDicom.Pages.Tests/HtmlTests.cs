using NeurDicom.Pages;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class HtmlTests
{
    [Fact]
    public void What_is_put_into_markup_stays_text()
    {
        var name = SampleStudies.Attack;

        Html html = $"""<td title="{name}">{name}</td>""";

        var text = html.ToString();
        text.ShouldStartWith("<td title=\"&lt;script&gt;");
        text.Count(c => c == '<').ShouldBe(2);
        text.Count(c => c == '"').ShouldBe(2);
        text.ShouldNotContain('\'');
    }

    [Fact]
    public void Markup_that_is_put_into_markup_stays_markup()
    {
        Html[] rows = [$"<li>{"a<b"}</li>", $"<li>{1}</li>"];

        Html list = $"<ul>{rows}{Html.Empty}{(Html)$"<li>{null as string}</li>"}</ul>";

        list.ToString().ShouldBe("<ul><li>a&lt;b</li><li>1</li><li></li></ul>");
    }

    [Theory]
    [InlineData("王小东 Müller Ελένη يوسف עברית Ünal")]
    [InlineData("เอกชัย ΑΒΓ 김희중")]
    public void Names_of_every_script_are_written_as_they_are(string name)
    {
        Html html = $"{name}";

        html.ToString().ShouldBe(name);
    }

    [Fact]
    public void Half_a_character_does_not_break_the_page()
    {
        Html html = $"{"a\uD800b"}";

        html.ToString().ShouldBe("a&#xFFFD;b");
    }
}
