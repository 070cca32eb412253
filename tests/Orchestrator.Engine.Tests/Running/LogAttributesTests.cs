using System.Text;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Tests.Running;

public sealed class LogAttributesTests
{
    private static readonly ContainerRecord Record = new()
    {
        Id = "0123456789ab0123456789ab",
        Name = "web",
        Created = default,
        ImageId = "sha256:aabbccddeeff00112233",
        LogPath = "",
        Spec = new ContainerSpec { Image = "nginx:1" },
        Process = new ProcessRecord
        {
            Environment = ["REGION=north", "SECRET=x", "PATH=/bin"],
            Labels = new Dictionary<string, string> { ["team"] = "a\"b", ["tier"] = "front", ["other"] = "no" },
        },
    };

    [Fact]
    public void Only_what_was_named_or_matches_is_in_the_log_in_order() =>
        Assert.Equal(
            """{"REGION":"north","team":"a\u0022b","tier":"front"}""",
            Of(("labels", "team"), ("labels-regex", "^ti"), ("env", "REGION,NOSUCH")));

    [Fact]
    public void A_tag_is_a_template() =>
        Assert.Equal(
            """{"tag":"web/0123456789ab/aabbccddeeff nginx:1 {{.Nosuch}}"}""",
            Of(("tag", "{{.Name}}/{{.ID}}/{{ .ImageID }} {{.ImageName}} {{.Nosuch}}")));

    [Fact]
    public void Without_options_there_are_none() => Assert.Equal("", Of());

    [Theory]
    [InlineData("max-size", "many")]
    [InlineData("max-file", "0")]
    [InlineData("mode", "sometimes")]
    [InlineData("labels-regex", "(")]
    [InlineData("nosuch", "1")]
    public void An_option_that_could_not_work_is_refused_by_name(string name, string value)
    {
        var log = new LogSpec("json-file", new Dictionary<string, string> { [name] = value });

        var refusal = Assert.Throws<EngineException>(() => LogOptionCheck.Check(log));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    private static string Of(params (string Name, string Value)[] options) =>
        Encoding.UTF8.GetString(LogAttributes.Of(
            Record, name => options.Where(o => o.Name == name).Select(o => o.Value).SingleOrDefault()) ?? []);
}
