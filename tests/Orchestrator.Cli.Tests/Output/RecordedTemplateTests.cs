using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Tests.Output;

/// <summary>Every template of templates.txt does what docker's client was seen to do with it.</summary>
public sealed class RecordedTemplateTests
{
    public static TheoryData<string, string> Recorded()
    {
        var cases = new TheoryData<string, string>();
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Output", "templates.txt"));
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Trim('\n').Split('\n');
            if (lines[0].StartsWith('#')) continue;
            cases.Add(lines[0], string.Join('\n', lines[1..]));
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_template_does_what_docker_does_with_it(string template, string recorded)
    {
        string actual;
        try
        {
            var text = Template.Parse(template).Render(new Context());
            actual = string.Join('\n', text.Split('\n').Select(static line => "= " + line));
        }
        catch (TemplateException e)
        {
            actual = e.Message.Replace("template parsing error: ", "! ", StringComparison.Ordinal);
        }

        Assert.Equal(recorded, actual);
    }

    private sealed class Context : ITemplateObject
    {
        public object? Get(string name, List<object?> arguments) => (name, arguments.Count) switch
        {
            ("Name", 0) => "default",
            ("Current", 0) => true,
            ("Name" or "Current", var given) => throw new TemplateFault($"wrong number of args for {name}: want 0 got {given}"),
            _ => throw new TemplateFault($"can't evaluate field {name}…"),
        };

        public IEnumerable<KeyValuePair<string, object?>> Fields => [new("Name", "default"), new("Current", true)];
    }
}
