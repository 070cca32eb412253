using Orchestrator.Build.Syntax.Outlines;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

internal sealed class BuildCommand : Command
{
    private readonly BuildFlags _flags;
    private readonly ValueFlag<string> _file;
    private readonly BoolFlag _quiet;
    private readonly BoolFlag _check;
    private readonly ValueFlag<string> _call;
    private readonly ValueFlag<string> _idFile;
    private readonly ValueFlag<string> _progress;
    private readonly ListFlag _outputs;
    private readonly BoolFlag _push;
    private readonly BoolFlag _load;
    private readonly BoolFlag _compress;

    public BuildCommand()
    {
        _file = Flags.String("file", 'f', "Name of the Dockerfile (default \"PATH/Dockerfile\"); -: standard input");
        _flags = new BuildFlags(Flags);
        _check = Flags.Bool("check", null, "Check the Dockerfile, build nothing");
        _call = Flags.Add(new ValueFlag<string>(
            "call", null, "string", "What to do: build, check, outline or targets; \",format=json\"", "build", CallSpec.Check));
        _compress = Flags.Bool("compress", null, "Send the context compressed");
        _idFile = Flags.String("iidfile", null, "Write the image's ID to this file");
        _load = Flags.Bool("load", null, "Keep the image, as without it");
        _outputs = Flags.List(
            "output", 'o', "Where the result goes: a folder, or \"type=local,dest=path\" (tar, oci, docker, registry)",
            "list", OutputSpec.Check);
        _progress = Flags.String("progress", null, "Output: auto, plain, tty, quiet or rawjson", "auto");
        _push = Flags.Bool("push", null, "Push the image, as --output type=registry");
        _quiet = Flags.Bool("quiet", 'q', "Print the image's ID only");
    }

    public override string Usage => "[OPTIONS] PATH | URL | -";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
    [
        "orch build -t web:1 .",
        "orch build --secret id=token,src=token.txt --build-arg VERSION=2 -f Dockerfile.prod .",
        "orch build --target bin -o ./out .",
        "orch build --check .",
        "orch build https://github.com/example/web.git#v2:docker",
    ];

    private bool IsQuiet => _quiet || _progress.Value == "quiet";

    public override int Run(Session session, List<string> args)
    {
        if (_progress.Value is not ("auto" or "plain" or "tty" or "quiet" or "rawjson"))
            throw new CliException($"invalid progress mode: {_progress.Value}: one of auto, plain, tty, quiet, rawjson", 125);
        var call = CallSpec.Parse(_check ? "check" : _call.Value);
        var outputs = OutputSpec.All(_outputs.Values, _push, _flags.Tags);
        using var context = BuildContexts.Open(session, args[0], _file.Value);
        var checks = BuildCheck.Of(session, context, _flags);
        if (call.Name != "build") return Tell(session, call, checks);
        if (checks?.Refusal is { } refusal) throw new CliException(refusal);

        if (_idFile.Value.Length > 0) File.Delete(_idFile.Value); // No stale one stays if this fails.
        // Where the result itself goes to standard output, nothing else may.
        var words = outputs.Exists(static output => output.Destination == "-") ? session.Error : session.Out;
        using var cache = new LocalCache(session, _flags.Platform);
        var id = Build(session, context, cache, words);
        if (!IsQuiet) checks?.Summarize(session.Error);
        foreach (var target in _flags.CacheTo.Where(static to => to.Folder.Length > 0)) cache.Save(target, id);
        foreach (var output in outputs) BuildOutputs.Deliver(session, output, id, IsQuiet ? TextWriter.Null : words);
        if (_idFile.Value.Length > 0) WriteId(id);
        return 0;
    }

    private int Tell(Session session, CallSpec call, BuildCheck? dockerfile)
    {
        if (dockerfile is null)
        {
            throw new CliException(
                $"{(_check ? "--check" : $"--call={call.Name}")} needs a Dockerfile on this host: fetch or unpack the context, then name its folder");
        }
        if (call.Name == "check") return dockerfile.Report(session.Out, call);
        if (call.Name == "targets")
        {
            var targets = Outliner.Targets(dockerfile.File);
            if (call.IsJson) session.Out.WriteLine(JsonText.Indented(OutlineReport.Json(targets, dockerfile.Text)));
            else OutlineReport.Write(session.Out, targets);
            return 0;
        }
        var outline = Outliner.Of(dockerfile.File, _flags.Target, _flags.BuildArguments(session))
            ?? throw new CliException($"target stage \"{_flags.Target}\" could not be found");
        if (call.IsJson) session.Out.WriteLine(JsonText.Indented(OutlineReport.Json(outline, dockerfile.Text)));
        else OutlineReport.Write(session.Out, outline);
        return 0;
    }

    private string Build(Session session, IBuildContext context, LocalCache cache, TextWriter words)
    {
        var shown = IsQuiet ? new StringWriter() : words;
        try
        {
            using var response = Send(session, context, cache, shown);
            var isRewritten = _progress.Value == "tty" || (_progress.Value == "auto" && session.OutputIsTerminal);
            var id = BuildStream.Show(
                session, response.Body, shown, isRewritten && !IsQuiet, _progress.Value == "rawjson");
            if (!IsQuiet) return id;
            id = id.Length > 0 ? id : LastLine(shown.ToString()!); // A quiet build prints nothing else.
            words.WriteLine(id);
            return id;
        }
        catch (Exception e) when (IsQuiet && e is CliException or DaemonException)
        {
            session.Error.Write(shown.ToString()); // What was held back says why.
            throw;
        }
    }

    private HttpResponse Send(Session session, IBuildContext context, LocalCache cache, TextWriter shown)
    {
        var query = _flags.ToQuery(session, cache).Add("q", IsQuiet).Add("dockerfile", context.Dockerfile);
        var headers = _flags.Headers(session);
        if (context.Remote is { } remote)
            return session.Client.Send("POST", $"/build{query.Add("remote", remote)}", null, headers);
        return session.Client.Upload("POST", $"/build{query}", "application/x-tar", body =>
        {
            var bytes = context.Send(body, _compress);
            if (_progress.Value == "rawjson") return;
            shown.Write($"Sending build context to Docker daemon  {Units.Size(bytes)}\n");
            shown.Flush();
        }, headers);
    }

    private static string LastLine(string text) => text.TrimEnd('\n').Split('\n')[^1];

    private void WriteId(string id)
    {
        if (id.Length == 0) throw new CliException($"server did not provide an image ID. Cannot write {_idFile.Value}");
        try
        {
            File.WriteAllText(_idFile.Value, id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"cannot write {_idFile.Value}: {e.Message}", e);
        }
    }
}
