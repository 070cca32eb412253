using Orchestrator.Ingress.Routing;

namespace Orchestrator.Ingress.Tests.Routing;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("/a%2fb?c/../d", "/a%2fb")]
    [InlineData("/x/..%2fadmin", "/x/..%2fadmin")]
    [InlineData("/%252e%252e/a", "/%252e%252e/a")]
    [InlineData("/.../a.", "/.../a.")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/a/%2E./.%2e/..", "/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/../..", "/")]
    [InlineData("/a//..//b/", "/a//b/")]
    [InlineData("http://shop.example/x%2fy/../z?q", "/z")]
    [InlineData("http://shop.example?q", "/")]
    [InlineData("*", null)]
    public void Only_dot_segments_are_taken_out_of_a_path(string target, string? path) =>
        Assert.Equal(path, RawPath.Of(target));

    [Fact]
    public void What_a_task_is_sent_decodes_to_what_its_route_was_chosen_by()
    {
        var random = new Random(7);
        string[] pieces = ["/", "/", "a", ".", "..", "%2e", "%2F", "%25", "b%20"];
        for (var i = 0; i < 20_000; i++)
        {
            var target = "/" + string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));

            var decoded = RawPath.Decoded(RawPath.Of(target)!).Value;

            Assert.Equal(RawPath.Of(decoded!.Replace("%", "%25", StringComparison.Ordinal)),
                decoded.Replace("%", "%25", StringComparison.Ordinal));
        }
    }
}
