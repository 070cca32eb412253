namespace Orchestrator.Api.Tests;

public sealed class FiltersTests
{
    [Theory]
    [InlineData("""{"label":{"a=b":true,"c":true},"name":{"web":true}}""")]
    [InlineData("""{"name":["web"],"label":["a=b","c"]}""")]
    public void Both_forms_a_client_may_send_mean_the_same(string json)
    {
        var filters = Filters.Parse(json);

        Assert.Equal(["a=b", "c"], filters["label"]);
        Assert.Equal(["web"], filters["name"]);
        Assert.Equal("""{"label":{"a=b":true,"c":true},"name":{"web":true}}""", filters.ToJson());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    public void Nothing_filters_nothing(string? json)
    {
        Assert.True(Filters.Parse(json).IsEmpty);
        Assert.Empty(Filters.Parse(json)["name"]);
    }

    [Theory]
    [InlineData("name=web")]
    [InlineData("[]")]
    [InlineData("""{"name":"web"}""")]
    [InlineData("""{"name":{"web":1}}""")]
    public void Anything_else_is_refused_with_the_form_it_should_have(string json)
    {
        var error = Assert.Throws<FormatException>(() => Filters.Parse(json));

        Assert.Contains("invalid filter", error.Message, StringComparison.Ordinal);
    }
}
