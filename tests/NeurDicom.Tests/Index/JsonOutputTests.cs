using System.Text;
using System.Text.Json;
using NeurDicom.Index;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Index;

public sealed class JsonOutputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Müller^Anna")]
    [InlineData("山田^太郎")]
    [InlineData("<script>alert(\"x\")</script> & 'y' + `z` \\ /")]
    [InlineData("a\0b\u001f\u007f\u2028\r\n\t")]
    [InlineData("\U0001F600 beyond")]
    public void A_text_is_escaped_as_by_the_writer_of_net(string text)
    {
        using var ours = new JsonOutput();
        ours.WriteStringValue(Encoding.UTF8.GetBytes(text));
        using var stream = new MemoryStream();
        using (var theirs = new Utf8JsonWriter(stream, RowJson.Options))
            theirs.WriteStringValue(text);

        Encoding.UTF8.GetString(ours.Written).ShouldBe(Encoding.UTF8.GetString(stream.ToArray()));
        JsonDocument.Parse(ours.Written.ToArray()).RootElement.GetString().ShouldBe(text);
    }

    [Fact]
    public void Members_and_items_are_separated_by_commas()
    {
        using var json = new JsonOutput();
        json.WriteStartArray();
        for (var i = 0; i < 2; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("a"u8, i);
            json.WriteNull("b"u8);
            json.WriteStartArray("c"u8);
            json.WriteStringValue("x"u8);
            json.WriteStringValue("y"u8);
            json.WriteEndArray();
            json.WriteStartObject("d"u8);
            json.WriteEndObject();
            json.WriteString("e"u8, "z"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        Encoding.UTF8.GetString(json.Written).ShouldBe(
            """[{"a":0,"b":null,"c":["x","y"],"d":{},"e":"z"},{"a":1,"b":null,"c":["x","y"],"d":{},"e":"z"}]""");
    }

    [Fact]
    public void The_buffer_grows_with_what_is_written()
    {
        using var json = new JsonOutput();
        json.WriteStartArray();
        for (var i = 0; i < 10_000; i++)
            json.WriteStringValue(i % 2 == 0 ? "plain text"u8 : "é<"u8);
        json.WriteEndArray();

        JsonDocument.Parse(json.Written.ToArray()).RootElement.GetArrayLength().ShouldBe(10_000);
    }
}
