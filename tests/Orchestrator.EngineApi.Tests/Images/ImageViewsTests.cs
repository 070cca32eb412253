using Orchestrator.Api;
using Orchestrator.EngineApi.Images;

namespace Orchestrator.EngineApi.Tests.Images;

public sealed class ImageViewsTests
{
    [Fact]
    public void Old_clients_are_shown_placeholders_only_where_an_image_has_no_name_at_all()
    {
        var nameless = ImageViews.Placeholders(new ImageSummary());
        var pulled = ImageViews.Placeholders(new ImageSummary { RepoDigests = ["a@sha256:0"] });

        Assert.Equal(["<none>:<none>"], nameless.RepoTags);
        Assert.Equal(["<none>@<none>"], nameless.RepoDigests);
        Assert.Empty(pulled.RepoTags);
    }
}
