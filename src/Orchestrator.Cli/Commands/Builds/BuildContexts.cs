namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Tells from a command line's word what kind of context it names.</summary>
internal static class BuildContexts
{
    /// <param name="file">The value of <c>-f</c>; empty: not given.</param>
    /// <exception cref="CliException">Docker's words.</exception>
    public static IBuildContext Open(Session session, string context, string file)
    {
        if (context == "-")
        {
            return file != "-" ? StandardInputContext.Read(session, file)
                : throw new CliException("invalid argument: can't use stdin for both build context and dockerfile");
        }
        if (Directory.Exists(context)) return FolderContext.Open(session, context, file);
        if (File.Exists(context))
            throw new CliException($"unable to prepare context: context must be a directory: {Path.GetFullPath(context)}");
        if (!IsAddress(context)) throw new CliException($"unable to prepare context: path \"{context}\" not found");
        return file != "-" ? new RemoteContext(context, file) : throw new CliException(
            "unable to prepare context: a Dockerfile on standard input needs a folder as context");
    }

    private static bool IsAddress(string context) => Array.Exists(
        ["http://", "https://", "git://", "ssh://", "git@", "github.com/"],
        prefix => context.StartsWith(prefix, StringComparison.Ordinal));
}
