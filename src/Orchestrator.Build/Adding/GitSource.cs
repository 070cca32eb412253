using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Orchestrator.Build.Copying;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Adding;

/// <summary>A git repository, a commit of it, and a folder of that: <c>URL[#REF[:FOLDER]]</c>.</summary>
internal sealed partial record GitSource(string Repository, string Ref, string Folder)
{
    /// <summary>Whether docker would take it for one.</summary>
    public static bool Is(string source)
    {
        var address = source.Split('#')[0];
        return source.StartsWith("git://", StringComparison.Ordinal)
            || source.StartsWith("ssh://", StringComparison.Ordinal)
            || source.StartsWith("git@", StringComparison.Ordinal)
            || source.StartsWith("github.com/", StringComparison.Ordinal)
            || (source.StartsWith("http", StringComparison.Ordinal) && address.Contains("://", StringComparison.Ordinal)
                && address.EndsWith(".git", StringComparison.Ordinal));
    }

    public static GitSource Parse(string source)
    {
        var hash = source.IndexOf('#', StringComparison.Ordinal);
        var (address, fragment) = hash < 0 ? (source, "") : (source[..hash], source[(hash + 1)..]);
        var colon = fragment.IndexOf(':', StringComparison.Ordinal);
        var (name, folder) = colon < 0 ? (fragment, "") : (fragment[..colon], fragment[(colon + 1)..]);
        if (address.StartsWith("github.com/", StringComparison.Ordinal))
            address = "https://" + address;
        return new GitSource(address, name, folder.Trim('/'));
    }

    /// <summary>Checks it out into a folder that is there and empty.</summary>
    /// <param name="keepsHistory">Leaves <c>.git</c> in it.</param>
    /// <param name="commit">The commit that it must be; null: whatever it is.</param>
    /// <returns>The commit it is.</returns>
    /// <exception cref="BuildException">git is not installed, or cannot fetch it.</exception>
    public async Task<string> CheckOutAsync(
        string target, bool keepsHistory, string? commit, CancellationToken cancellationToken)
    {
        if (Ref.StartsWith('-') || Repository.StartsWith('-'))
            throw new BuildException($"invalid git reference {Ref}");
        var work = target + "-git";
        Directory.CreateDirectory(work);
        await GitAsync(work, cancellationToken, "init", "-q");
        await GitAsync(work, cancellationToken, "remote", "add", "origin", Repository);
        await FetchAsync(work, cancellationToken);
        await GitAsync(work, cancellationToken, "-c", "advice.detachedHead=false", "checkout", "-q", "FETCH_HEAD");
        await ShallowAsync(work, cancellationToken, "submodule", "update", "--init", "--recursive", "-q");
        var head = (await GitAsync(work, cancellationToken, "rev-parse", "HEAD")).Trim();
        if (commit is not null && head != commit)
            throw new BuildException($"expected checksum to match {commit}, got {head}");
        Move(work, target, keepsHistory);
        return head;
    }

    /// <summary>One commit where the server lets itself be asked for one, else all that the branches lead to.</summary>
    private async Task FetchAsync(string work, CancellationToken cancellationToken)
    {
        var wanted = Ref.Length > 0 ? Ref : "HEAD";
        if (!CommitName().IsMatch(wanted))
        {
            await ShallowAsync(work, cancellationToken, "fetch", "-q", "origin", wanted);
            return;
        }

        try
        {
            await GitAsync(work, cancellationToken, "fetch", "-q", "--depth=1", "origin", wanted);
        }
        catch (BuildException)
        {
            await GitAsync(work, cancellationToken, "fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
            var full = (await GitAsync(work, cancellationToken, "rev-parse", "--verify", wanted + "^{commit}")).Trim();
            await File.WriteAllTextAsync(Path.Combine(work, ".git", "FETCH_HEAD"), full + "\n", cancellationToken);
        }
    }

    /// <summary>The newest commit alone, unless the server cannot part it from those before, as one of files cannot.
    /// </summary>
    private async Task ShallowAsync(string work, CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            await GitAsync(work, cancellationToken, [.. arguments, "--depth=1"]);
        }
        catch (BuildException e) when (e.Message.Contains("shallow", StringComparison.OrdinalIgnoreCase))
        {
            await GitAsync(work, cancellationToken, arguments);
        }
    }

    private void Move(string work, string target, bool keepsHistory)
    {
        var from = Path.Combine(work, FolderIn(work)).TrimEnd('/');
        if (!keepsHistory)
            DirectoryTree.Delete(Path.Combine(from, ".git"));
        Directory.Delete(target);
        Directory.Move(from, target);
        DirectoryTree.Delete(work);
    }

    /// <summary>Where <see cref="Folder"/> is, links resolved as if the repository were all there is.</summary>
    internal string FolderIn(string work)
    {
        using var root = DirectoryHandle.Open(work);
        var real = ScopedPath.Resolve(root, Folder);
        return real.Length == 0 || (root.TryStat(real, out var status) && status.Kind == FileKind.Directory)
            ? real : throw new BuildException($"{Repository} has no folder {Folder}");
    }

    private async Task<string> GitAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output : throw new BuildException(
                $"git {arguments[0]} of {Repository} failed: {(await errors).Trim().ReplaceLineEndings("; ")}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // Nobody is there to be asked, and no file protocol: a Dockerfile shall not read the host's folders.
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C"; // What it says is looked into.
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "git:http:https:ssh";
        // Nor are the daemon's own settings and passwords for whoever writes a Dockerfile.
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["HOME"] = "/dev/null";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new BuildException("git is not installed on this host: install it to build from repositories", inner: e);
        }
    }

    [GeneratedRegex("^[0-9a-f]{7,40}$")]
    private static partial Regex CommitName();
}
