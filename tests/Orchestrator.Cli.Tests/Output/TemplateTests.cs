using System.Text.Json;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Tests.Output;

public sealed class TemplateTests
{
    private const string Data = """
        {"Name":"/web","Id":"abc","State":{"Pid":42,"Running":true},"Args":["-l","80"],"None":null,
         "Networks":{"front":{"IPAddress":"10.0.0.2"},"back":{"IPAddress":"10.1.0.2"}},
         "Labels":{"com.x":"1"},"Empty":[]}
        """;

    [Theory]
    [InlineData("{{.Name}}", "/web")]
    [InlineData("{{.ID}} {{.State.Pid}} {{.State.Running}}", "abc 42 true")]
    [InlineData("{{.Args}} {{.Labels}}", "[-l 80] map[com.x:1]")]
    [InlineData("{{json .Args}} {{json .Name}} {{json .None}}", """["-l","80"] "/web" null""")]
    [InlineData("{{json .}}", null)]
    [InlineData("{{join .Args \",\"}}", "-l,80")]
    [InlineData("{{upper .Name | printf \"<%s>\"}}", "</WEB>")]
    [InlineData("{{range .Networks}}{{.IPAddress}} {{end}}", "10.1.0.2 10.0.0.2 ")]
    [InlineData("{{range $k, $v := .Networks}}{{$k}}={{$v.IPAddress}};{{end}}", "back=10.1.0.2;front=10.0.0.2;")]
    [InlineData("{{range $i, $a := .Args}}{{if $i}},{{end}}{{$a}}{{end}}", "-l,80")]
    [InlineData("{{range .Empty}}x{{else}}none{{end}}", "none")]
    [InlineData("{{if .State.Running}}up{{else}}down{{end}}", "up")]
    [InlineData("{{range .Args}}{{break}}{{end}}{{range $k, $v := .Networks}}{{if eq $k \"back\"}}{{continue}}{{end}}{{$k}}{{end}}", "front")]
    [InlineData("{{template \"pid\" .State}}{{define \"pid\"}}<{{.Pid}}>{{end}}", "<42>")]
    [InlineData("{{if .None}}a{{else if eq .Id \"abc\"}}b{{else}}c{{end}}", "b")]
    [InlineData("{{index .Labels \"com.x\"}} {{index .Args 1}}", "1 80")]
    [InlineData("{{(index .Networks \"front\").IPAddress}}", "10.0.0.2")]
    [InlineData("{{with .State}}{{.Pid}} {{$.Id}}{{end}}", "42 abc")]
    [InlineData("{{len .Args}} {{and true .Id}} {{or .None \"x\"}} {{not .None}}", "2 abc x true")]
    [InlineData("a {{- .Id -}} b", "aabcb")]
    [InlineData("{{/* nothing */}}{{$x := .Id}}{{$x}}", "abc")]
    [InlineData("{{split \"a:b\" \":\"}} {{title \"web\"}} {{truncate .Id 2}} {{pad .Id 1 2}}|", "[a b] Web ab  abc  |")]
    [InlineData("{{println .Id}}", "abc\n")]
    public void A_template_renders(string template, string? expected)
    {
        using var document = JsonDocument.Parse(Data);

        var text = Template.Parse(template).Render(document.RootElement);

        if (expected is null) Assert.Equal(JsonSerializer.Serialize(document.RootElement), text);
        else Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("{{.Nope}}", ":1:2: executing \"\" at <.Nope>: map has no entry for key \"Nope\"")]
    [InlineData("a\né{{.State.Nope}}", ":2:10: executing \"\" at <.State.Nope>: map has no entry for key \"Nope\"")]
    [InlineData("{{upper .State}}", "wrong type for value; expected string; got map[string]interface {}")]
    [InlineData("{{\n.Name", "template: :2: unclosed action started at :1")]
    [InlineData("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "exceeded maximum template depth")]
    public void A_bad_template_is_explained(string template, string message)
    {
        using var document = JsonDocument.Parse(Data);

        var error = Assert.Throws<TemplateException>(() => Template.Parse(template).Render(document.RootElement));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
