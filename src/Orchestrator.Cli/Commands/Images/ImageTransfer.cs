using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>Pull and push, with the progress the daemon reports.</summary>
internal static class ImageTransfer
{
    /// <summary>Says which tag is meant where none is given.</summary>
    /// <exception cref="CliException">No name, or one tag where all are meant.</exception>
    public static void CheckName(Session session, string image, bool allTags, bool quiet)
    {
        if (ImageName.Fault(image) is { } fault) throw new CliException(fault);
        var hasTag = ImageName.Split(image).Tag.Length > 0;
        if (allTags && hasTag) throw new CliException("tag can't be used with --all-tags/-a");
        if (!allTags && !quiet && !hasTag) session.Out.WriteLine("Using default tag: latest");
    }

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
