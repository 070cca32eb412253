using System.Collections.Concurrent;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Planning;
using Orchestrator.Images;
using Orchestrator.Images.Building;
using Orchestrator.Images.Content;

namespace Orchestrator.Build.Execution;

/// <summary>What all stages of one build share.</summary>
internal sealed class BuildSession : IDisposable
{
    public required BuildRequest Request { get; init; }

    public required BuildPlan Plan { get; init; }

    public required ImageService Images { get; init; }

    public required BuildCache Cache { get; init; }

    public required CacheFolders Folders { get; init; }

    public required IStepRunner Runner { get; init; }

    public required ContentLease Lease { get; init; }

    public required OrderedOutput Output { get; init; }

    /// <summary>A folder of this build alone; gone after it, and after a crash.</summary>
    public required string Scratch { get; init; }

    /// <summary>As <see cref="Scratch"/>, where nothing gets onto a disk.</summary>
    public required string Volatile { get; init; }

    /// <summary>No time in the image is later; null: times are what they are.</summary>
    public DateTimeOffset? Epoch { get; init; }

    /// <summary>Images that may stand in for steps.</summary>
    public CacheImages CacheImages { get; set; } = CacheImages.None;

    /// <summary>Whether a step had a cache mount, which may have grown.</summary>
    public bool UsedFolders { get; set; }

    public ImageWorkshop Workshop => Images.Workshop;

    /// <summary>Digests of what was copied from the context, which stays as it is: by all that they depend on.</summary>
    public ConcurrentDictionary<string, string> Digests { get; } = new(StringComparer.Ordinal);

    /// <summary>RUN steps of stages that are built side by side, at one time.</summary>
    public SemaphoreSlim Running { get; } = new(Math.Max(2, Environment.ProcessorCount));

    public void Dispose()
    {
        Running.Dispose();
        Output.Dispose();
        Lease.Dispose();
    }
}
