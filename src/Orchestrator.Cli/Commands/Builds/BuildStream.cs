using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Shows what a build tells while it runs.</summary>
internal static class BuildStream
{
    /// <param name="isRaw">What the daemon says is written as it is, in JSON.</param>
    /// <param name="isRewritten">Steps take up a few lines of a terminal each, not all they print.</param>
    /// <returns>The image's ID; empty where the daemon named none.</returns>
    /// <exception cref="CliException">The build failed; with the exit code of the step that did.</exception>
    public static string Show(Session session, Stream body, TextWriter writer, bool isRewritten, bool isRaw)
    {
        var id = "";
        using var steps = isRewritten ? new StepDisplay(writer, session.Width, session.Time) : null;
        ProgressStream.Show(session, body, steps ?? writer, aux =>
        {
            if (aux.TryGetProperty("ID", out var named) && named.GetString() is { } text) id = text;
        }, isRaw);
        steps?.Finish();
        return id;
    }
}
