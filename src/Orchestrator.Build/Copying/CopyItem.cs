using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>One file or folder that a step copies.</summary>
/// <param name="Tree">Where it is; not this one's to close.</param>
/// <param name="Path">There, without links on the way; empty: all of it.</param>
/// <param name="Name">What the step calls it: the source's last name, or its path with <c>--parents</c>.</param>
/// <param name="IsFolder">What it holds is copied, not the folder itself.</param>
/// <param name="Leaves">By its path in <paramref name="Tree"/>: what is left out.</param>
/// <param name="Unpacks">It is an archive, and what is in it is copied.</param>
internal sealed record CopyItem(
    DirectoryHandle Tree, string Path, string Name, bool IsFolder, Func<string, bool> Leaves, bool Unpacks = false);
