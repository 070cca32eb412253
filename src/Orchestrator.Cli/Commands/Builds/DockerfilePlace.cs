namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Where the Dockerfile of a folder is.</summary>
/// <param name="Path">In the folder, with slashes.</param>
/// <param name="Foreign">Its content where it is not in the folder.</param>
/// <param name="IgnorePath">The ignore file that belongs to this Dockerfile alone; null: the folder's.</param>
internal sealed record DockerfilePlace(string Path, byte[]? Foreign = null, string? IgnorePath = null)
{
    private const string Default = "Dockerfile";

    /// <param name="file">As <c>-f</c> has it, from the working folder; empty: not given; <c>-</c>: standard input.</param>
    /// <exception cref="CliException">There is none.</exception>
    public static DockerfilePlace Find(Session session, string folder, string file)
    {
        if (file == "-") return new DockerfilePlace(Default, ReadInput(session));
        var written = file.Length > 0 ? System.IO.Path.GetFullPath(file) : System.IO.Path.Combine(folder, Default);
        if (file.Length == 0 && !File.Exists(written) && File.Exists(System.IO.Path.Combine(folder, "dockerfile")))
            written = System.IO.Path.Combine(folder, "dockerfile");
        if (!File.Exists(written))
            throw new CliException("unable to prepare context: unable to evaluate symlinks in Dockerfile path: "
                + $"lstat {written}: no such file or directory");

        var real = LocalFile.RealFile(written);
        var own = written + ".dockerignore";
        var ignore = File.Exists(own) ? own : null;
        return real.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? new DockerfilePlace(System.IO.Path.GetRelativePath(folder, real), null, ignore)
            : new DockerfilePlace(Default, LocalFile.Read(real), ignore);
    }

    private static byte[] ReadInput(Session session)
    {
        using var content = new MemoryStream();
        session.Input.CopyTo(content);
        return content.ToArray();
    }
}
