using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>Pull and push, with the progress the daemon reports.</summary>
internal static class ImageTransfer
{
    public static void Pull(Session session, string image, string platform, TextWriter progress, bool allTags = false)
    {
        var (repository, tag) = ImageName.Split(image);
        var query = new Query().Add("fromImage", repository)
            .Add("tag", allTags ? "" : tag.Length > 0 ? tag : "latest").Add("platform", platform);
        using var response = session.Client.Send(
            "POST", $"/images/create{query}", null, RegistryAuth.Headers(session, image));
        ProgressStream.Show(session, response.Body, progress);
    }

    public static void Push(
        Session session, string image, TextWriter progress, bool allTags = false, string platform = "")
    {
        var (repository, tag) = ImageName.Split(image);
        var query = new Query().Add("tag", allTags ? "" : tag.Length > 0 ? tag : "latest").Add("platform", platform);
        // The header must be there even without a login: the API asks for it.
        var headers = RegistryAuth.Headers(session, image).DefaultIfEmpty(("X-Registry-Auth", "e30="));
        using var response = session.Client.Send(
            "POST",
            $"/images/{Uri.EscapeDataString(repository).Replace("%2F", "/", StringComparison.Ordinal)}/push{query}",
            null, headers);
        ProgressStream.Show(session, response.Body, progress);
    }
}
