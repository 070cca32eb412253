using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>What a build tells whoever watches it.</summary>
public abstract record BuildMessage
{
    private BuildMessage()
    {
    }

    /// <summary>A piece of what is printed, with its line ends.</summary>
    public sealed record Print(string Text) : BuildMessage;

    /// <summary>How a pull or push goes on.</summary>
    public sealed record Transfer(ImageProgress Progress) : BuildMessage;

    /// <summary>The image is there.</summary>
    public sealed record Built(Digest Id) : BuildMessage;
}

/// <summary>Takes what a build tells; waits while it can take no more.</summary>
public delegate ValueTask BuildOutput(BuildMessage message);
