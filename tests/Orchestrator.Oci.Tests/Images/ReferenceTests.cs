using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Images;

namespace Orchestrator.Oci.Tests.Images;

public sealed class ReferenceTests
{
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("web", "docker.io/library/web", "web")]
    [InlineData("web:1", "docker.io/library/web:1", "web:1")]
    [InlineData("acme/web", "docker.io/acme/web", "acme/web")]
    [InlineData("docker.io/web", "docker.io/library/web", "web")]
    [InlineData("index.docker.io/library/web:x", "docker.io/library/web:x", "web:x")]
    [InlineData("docker.io/x.y/web", "docker.io/x.y/web", "docker.io/x.y/web")]
    [InlineData("docker.io/x.y", "docker.io/library/x.y", "x.y")]
    [InlineData("localhost/web", "localhost/web", "localhost/web")]
    [InlineData("registry.orch:5000/a/b:tag", "registry.orch:5000/a/b:tag", "registry.orch:5000/a/b:tag")]
    [InlineData("[::1]:5000/a", "[::1]:5000/a", "[::1]:5000/a")]
    [InlineData("Host/a", "Host/a", "Host/a")]
    [InlineData("a__b/c-_-d", null, null)]
    [InlineData("a__b/c---d.e_f", "docker.io/a__b/c---d.e_f", "a__b/c---d.e_f")]
    [InlineData("web@sha256:" + Hex, "docker.io/library/web@sha256:" + Hex, "web@sha256:" + Hex)]
    [InlineData("web:1@sha256:" + Hex, "docker.io/library/web:1@sha256:" + Hex, "web:1@sha256:" + Hex)]
    public void Names_are_filled_in_and_shortened_as_docker_does(string text, string? full, string? familiar)
    {
        Assert.Equal(full is not null, Reference.TryParse(text, out var reference));
        Assert.Equal(full, reference?.ToString());
        Assert.Equal(familiar, reference?.Familiar);
    }

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData("web:", "invalid reference format")]
    [InlineData("web:ta g", "invalid reference format")]
    [InlineData("-web", "invalid reference format")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("a..b", "invalid reference format")]
    [InlineData("web@sha256:abc", "invalid reference format")]
    [InlineData("host:port/web", "invalid reference format")]
    [InlineData("https://host/web", "invalid reference format")]
    [InlineData("acme/Web", "invalid reference format: repository name (acme/Web) must be lowercase")]
    [InlineData("Web", "invalid reference format: repository name (library/Web) must be lowercase")]
    [InlineData(Hex, "invalid repository name (" + Hex + "), cannot specify 64-byte hexadecimal strings")]
    public void What_is_no_name_is_refused_in_dockers_words(string text, string words) =>
        Assert.Equal(words, Assert.Throws<FormatException>(() => Reference.Parse(text)).Message);

    [Fact]
    public void The_full_and_the_familiar_form_of_a_name_mean_the_same() =>
        Prop.ForAll(Names(), text =>
        {
            var reference = Reference.Parse(text);
            return Reference.Parse(reference.ToString()) == reference && Reference.Parse(reference.Familiar) == reference;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_whatever_makes_the_parser_fail_in_another_way_than_its_own() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
            text is null || Record.Exception(() => Reference.Parse(text)) is null or FormatException)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_chain_id_is_that_of_the_specification()
    {
        var (a, b) = (Digest.Of("a"u8), Digest.Of("b"u8));

        var chain = new RootFs { DiffIds = [a, b] }.ChainIds();

        Assert.Equal([a, Digest.Of(System.Text.Encoding.ASCII.GetBytes($"{a} {b}"))], chain);
    }

    private static Arbitrary<string> Names()
    {
        var component = Gen.Elements("a", "web", "b2", "x-y", "x--y", "x_y", "x__y", "x.y");
        var domain = Gen.Elements("", "localhost/", "host.example/", "h:1/", "registry.orch:5000/", "docker.io/", "UP/");
        var path = component.NonEmptyListOf().Select(c => string.Join('/', c.Take(4)));
        var end = Gen.Elements("", ":latest", ":1.2_3-x", "@sha256:" + Hex, ":t@sha256:" + Hex);
        return (from d in domain from p in path from e in end select d + p + e).ToArbitrary();
    }
}
