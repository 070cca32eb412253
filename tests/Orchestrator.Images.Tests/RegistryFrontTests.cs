using System.Net;
using System.Text;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests;

public sealed class RegistryFrontTests : IDisposable
{
    private static readonly RegistryCredentials Ann = new("ann", "s3cret");

    private readonly HeldPort port = new();
    private readonly HttpListener listener = new();
    private readonly HttpClient http = new();
    private readonly Uri address;

    public RegistryFrontTests()
    {
        address = new Uri($"http://{port.EndPoint}/");
        listener.Prefixes.Add(address.ToString());
        listener.Start();
        _ = ServeAsync();
    }

    [Fact]
    public async Task A_login_is_good_when_the_registry_takes_it() => await Front(Ann).LogInAsync(default);

    [Fact]
    public async Task A_login_that_the_registry_refuses_is_denied()
    {
        var error = await Assert.ThrowsAsync<ImageException>(() => Front(Ann with { Password = "guess" }).LogInAsync(default));

        Assert.Equal(ImageError.Denied, error.Error);
        Assert.Contains("401", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_gives_what_was_found()
    {
        var hits = await Front(Ann).SearchAsync("web", 7, default);

        Assert.Equal(new SearchHit("web?q=web&n=7", "a server", 12, true, false), Assert.Single(hits));
    }

    [Fact]
    public async Task A_registry_without_a_search_is_searched_by_its_catalogue_to_the_last_page()
    {
        var front = new RegistryFront("reg.example", [new(new Uri(address, "names/"), http)], null);

        var hits = await front.SearchAsync("web", 7, default);

        Assert.Equal(["reg.example/beta/web", "reg.example/webmail"], hits.Select(hit => hit.Name));
        Assert.Single(await front.SearchAsync("web", 1, default));
        Assert.Empty(await front.SearchAsync("nothing", 7, default));
    }

    [Fact]
    public async Task A_registry_that_cannot_search_is_said_to()
    {
        var front = new RegistryFront("reg.example", [new(new Uri(address, "plain/"), http)], null);

        var error = await Assert.ThrowsAsync<ImageException>(() => front.SearchAsync("web", 7, default));

        Assert.Equal(ImageError.NotFound, error.Error);
        Assert.Contains("reg.example cannot be searched", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_read_to_the_last_page()
    {
        var client = new RegistryClient([new(address, http)], Reference.Parse("reg.example/web"), Ann);

        Assert.Equal(["1", "2", "3"], await client.TagsAsync(default));
    }

    [Theory]
    [InlineData("", "docker.io")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("https://reg.example:5000/v2/", "reg.example:5000")]
    [InlineData("reg.example", "reg.example")]
    public void A_server_is_known_by_its_host(string server, string domain) =>
        Assert.Equal(domain, RegistryNames.Domain(server));

    [Theory]
    [InlineData("front/web", "docker.io", "front/web")]
    [InlineData("reg.example/web", "reg.example", "web")]
    [InlineData("localhost/web", "localhost", "web")]
    public void A_search_names_a_registry_by_a_host_in_front(string term, string domain, string word) =>
        Assert.Equal((domain, word), RegistryNames.SplitSearch(term));

    public void Dispose()
    {
        listener.Close();
        port.Dispose();
        http.Dispose();
    }

    private RegistryFront Front(RegistryCredentials credentials) => new("reg.example", [new(address, http)], credentials);

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                Answer(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // The test has ended.
            }
        }
    }

    private static void Answer(HttpListenerContext context)
    {
        var (url, response) = (context.Request.Url!, context.Response);
        var known = context.Request.Headers["Authorization"] == "Basic " + Convert.ToBase64String("ann:s3cret"u8);
        if (!known && url.AbsolutePath.StartsWith("/v2/", StringComparison.Ordinal))
        {
            response.StatusCode = 401;
            response.Headers["WWW-Authenticate"] = "Basic realm=\"test\"";
        }
        var text = url.PathAndQuery switch
        {
            "/v2/" => "{}",
            "/v2/web/tags/list" => """{"name":"web","tags":["1","2"]}""",
            "/v2/web/tags/list?last=2" => """{"name":"web","tags":["3"]}""",
            "/names/v2/_catalog?n=1000&last=" => """{"repositories":["alpha","beta/web"]}""",
            "/names/v2/_catalog?n=1000&last=beta%2Fweb" => """{"repositories":["delta","webmail"]}""",
            _ when url.AbsolutePath == "/v1/search" =>
                $$"""{"results":[{"name":"web{{url.Query}}","description":"a server","star_count":12,"is_official":true}]}""",
            _ => null,
        };
        if (text is null) response.StatusCode = 404;
        if (url.PathAndQuery == "/v2/web/tags/list") response.Headers["Link"] = "</v2/web/tags/list?last=2>; rel=\"next\"";
        if (url.PathAndQuery.EndsWith("_catalog?n=1000&last=", StringComparison.Ordinal))
            response.Headers["Link"] = "</v2/_catalog?n=1000&last=beta%2Fweb>; rel=\"next\"";
        response.Close(Encoding.UTF8.GetBytes(text ?? "{}"), willBlock: true);
    }
}
