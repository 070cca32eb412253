using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Files of this host that a build names.</summary>
internal static class LocalFile
{
    /// <exception cref="CliException">It cannot be read.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"cannot read {path}: {e.Message}", e);
        }
    }

    /// <summary>The folder's path without any link in it.</summary>
    public static string RealFolder(string path)
    {
        try
        {
            using var folder = DirectoryHandle.Open(Path.GetFullPath(path));
            return File.ResolveLinkTarget(folder.ProcPath, returnFinalTarget: false)!.FullName;
        }
        catch (LinuxException e)
        {
            throw new CliException($"unable to prepare context: {e.Message}", e);
        }
    }

    /// <summary>The file's path without any link in it.</summary>
    public static string RealFile(string path)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Path.Combine(RealFolder(Path.GetDirectoryName(target)!), Path.GetFileName(target));
    }
}
