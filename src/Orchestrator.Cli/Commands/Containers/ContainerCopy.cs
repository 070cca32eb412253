using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerCopy : Command
{
    private const string TarType = "application/x-tar";

    private readonly BoolFlag _archive;
    private readonly BoolFlag _follow;
    private readonly BoolFlag _quiet;

    public ContainerCopy()
    {
        _archive = Flags.Bool("archive", 'a', "What is copied in belongs to the container's user");
        _follow = Flags.Bool("follow-link", 'L', "Copy what a link leads to, not the link");
        _quiet = Flags.Bool("quiet", 'q', "Do not say how much was copied");
    }

    public override string Usage => "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|- | SRC_PATH|- CONTAINER:DEST_PATH";

    public override Arity Arity => Arity.Exactly(2);

    public override string[] Examples =>
        ["orch cp web:/etc/hosts .", "orch cp site/. web:/www", "orch cp web:/logs - | tar t"];

    public override int Run(Session session, List<string> args)
    {
        var (source, target) = (CopyPath.Parse(args[0]), CopyPath.Parse(args[1]));
        if (source.Container is not null && target.Container is not null)
            throw new CliException("copying between containers is not supported");
        if (source.Container is null && target.Container is null)
            throw new CliException("must specify at least one container source");
        if (source.Container is not null) CopyOut(session, source, target);
        else CopyIn(session, source, target);
        return 0;
    }

    private void CopyOut(Session session, CopyPath source, CopyPath target)
    {
        if (target.IsStream && session.OutputIsTerminal)
            throw new CliException("cowardly refusing to write an archive to a terminal; redirect it");
        if (_follow && Stat(session, source) is { IsLink: true } link) source = source with { Path = link.LinkTarget };
        using var response = session.Client.Send("GET", Archive(source));
        if (target.IsStream)
        {
            response.Body.CopyTo(session.RawOutput);
            return;
        }

        var (folder, name) = Destination(source, Read(response).IsDirectory, target);
        var old = source.Base.Trim('/');
        var counted = new CountingStream(response.Body);
        LocalTree.Unpack(counted, folder, entry => Renamed(entry, old, name));
        Tell(session, counted.Bytes, Path.Combine(folder, name));
    }

    private void CopyIn(Session session, CopyPath source, CopyPath target)
    {
        if (source.IsStream)
        {
            using var piped = session.Client.Upload(
                "PUT", Target(target.Container!, target.Path), TarType, session.Input.CopyTo);
            return;
        }

        var path = Local(source);
        var isFolder = Directory.Exists(path) && new FileInfo(path).LinkTarget is null;
        var (folder, name) = Destination(session, source, isFolder, target);
        var sent = 0L;
        using var response = session.Client.Upload("PUT", Target(target.Container!, folder), TarType, body =>
        {
            var counted = new CountingStream(body);
            LocalTree.Pack(path, name, counted);
            sent = counted.Bytes;
        });
        Tell(session, sent, $"{target.Container}:{target.Path}");
    }

    /// <summary>What is copied in: a link itself, unless what it leads to was asked for.</summary>
    private string Local(CopyPath source)
    {
        var path = source.Path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        var link = new FileInfo(path);
        if (!Path.Exists(path) && link.LinkTarget is null)
            throw new CliException($"lstat {source.Path}: no such file or directory");
        return _follow || source.IsFolder
            ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path
            : path;
    }

    /// <summary>Where on this host: an existing folder, and the name that the copy gets in it; empty: it gets none, its
    /// contents go there.</summary>
    private static (string Folder, string Name) Destination(CopyPath source, bool isFolder, CopyPath target)
    {
        if (Directory.Exists(target.Path)) return (target.Path, source.IsContents ? "" : source.Base.Trim('/'));
        if (File.Exists(target.Path) && isFolder) throw new CliException("cannot copy directory");
        if (target.IsFolder && !isFolder) throw new CliException($"no such directory: {target.Path}");
        if (!Directory.Exists(target.Parent))
            throw new CliException($"invalid output path: directory {target.Parent} does not exist");
        return (target.Parent, target.Base);
    }

    /// <summary>The same in a container.</summary>
    private static (string Folder, string Name) Destination(
        Session session, CopyPath source, bool isFolder, CopyPath target)
    {
        var found = TryStat(session, target);
        if (found is { IsLink: true })
        {
            target = target with { Path = found.LinkTarget };
            found = TryStat(session, target);
        }

        if (found is { IsDirectory: true }) return (target.Path, source.IsContents ? "" : LocalBase(source));
        if (found is not null && isFolder) throw new CliException("cannot copy directory");
        if (target.IsFolder && !isFolder)
            throw new CliException($"no such directory: {target.Container}:{target.Path}");
        return (target.Parent, target.Base);
    }

    private static string LocalBase(CopyPath source) => source.Base is "/" or ".." or "."
        ? Path.GetFileName(Path.GetFullPath(source.Path).TrimEnd('/'))
        : source.Base;

    /// <summary>An entry's first part is the thing that is copied: it gets the new name.</summary>
    private static string? Renamed(string entry, string old, string name)
    {
        var rest = old.Length == 0 ? entry
            : entry == old ? ""
            : entry.StartsWith(old + "/", StringComparison.Ordinal) ? entry[(old.Length + 1)..]
            : null;
        return rest is null ? null : $"{name}/{rest}".Trim('/');
    }

    private static PathStat? TryStat(Session session, CopyPath path)
    {
        try
        {
            return Stat(session, path);
        }
        catch (DaemonException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static PathStat Stat(Session session, CopyPath path)
    {
        using var response = session.Client.Send("HEAD", Archive(path));
        return Read(response);
    }

    private static PathStat Read(HttpResponse response) => JsonSerializer.Deserialize(
        Convert.FromBase64String(response.Header(PathStat.Header)), ApiJson.Wire.PathStat)!;

    private static string Archive(CopyPath path) =>
        $"/containers/{Escape(path.Container!)}/archive{new Query().Add("path", path.Path)}";

    private string Target(string container, string folder)
    {
        var query = new Query().Add("path", folder).Add("noOverwriteDirNonDir", "true");
        if (_archive) query.Add("copyUIDGID", "true");
        return $"/containers/{Escape(container)}/archive{query}";
    }

    private void Tell(Session session, long bytes, string where)
    {
        if (!_quiet) session.Error.WriteLine($"Successfully copied {Units.Size(bytes, 3)} to {where}");
    }
}
