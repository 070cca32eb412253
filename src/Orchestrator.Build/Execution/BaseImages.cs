using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>Finds the images that stages begin with or copy from, fetching what is not here.</summary>
internal static class BaseImages
{
    /// <exception cref="BuildException">There is no such image, or its registry does not give it.</exception>
    public static async Task<Image> GetAsync(BuildSession session, string name, Platform platform, int stage,
        CancellationToken cancellationToken)
    {
        try
        {
            var here = session.Images.TryFind(name);
            if (here is not null && !session.Request.Pull && platform.Accepts(here.Config.Platform))
                return here;
            return await PullAsync(session, name, platform, stage, cancellationToken);
        }
        catch (Exception e) when (e is ImageException or FormatException)
        {
            throw new BuildException(e.Message, inner: e);
        }
    }

    private static Task<Image> PullAsync(
        BuildSession session, string name, Platform platform, int stage, CancellationToken cancellationToken)
    {
        var reference = Reference.Parse(name);
        var progress = new Reports(report => session.Output.WriteAsync(stage, new BuildMessage.Transfer(report)));
        return session.Images.PullAsync(
            name, platform, session.Request.Credentials(reference.Domain),
            progress, cancellationToken);
    }

    /// <summary>On the reporter's own thread, so that the order stays.</summary>
    internal sealed class Reports(Func<ImageProgress, ValueTask> report) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => report(value).AsTask().GetAwaiter().GetResult();
    }
}
