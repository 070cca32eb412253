using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli.Completion;

/// <summary>What an argument may be, read off the command's own usage line: <c>NETWORK CONTAINER</c>.</summary>
internal sealed class ArgumentCandidates(ObjectNames names)
{
    /// <param name="path">The command's words: <c>container start</c>.</param>
    /// <param name="index">Of the argument, from 0.</param>
    public void Fill(Candidates candidates, string path, Command command, int index)
    {
        var words = command.Usage.Replace("[OPTIONS] ", "", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0] == "[OPTIONS]") return;
        if (index >= words.Length && !words[^1].EndsWith("...]", StringComparison.Ordinal)) return;
        Fill(candidates, path, words[Math.Min(index, words.Length - 1)]);
    }

    private void Fill(Candidates candidates, string path, string word)
    {
        switch (word.Trim('[', ']', '.'))
        {
            case "CONTAINER":
                candidates.AddRange(names.Containers(StatesFor(path)));
                break;
            case "CONTAINER:SRC_PATH" or "DEST_PATH|-":
                candidates.AddRange(names.Containers().Select(static n => n + ":"));
                (candidates.NoSpace, candidates.Files) = (true, true);
                break;
            case "IMAGE" or "NAME[:TAG" or "NAME[:TAG|@DIGEST" or "REPOSITORY[:TAG" or "SOURCE_IMAGE[:TAG"
                or "TARGET_IMAGE[:TAG":
                candidates.AddRange(names.Images());
                break;
            case "NETWORK":
                candidates.AddRange(names.Networks());
                break;
            case "VOLUME":
                candidates.AddRange(names.Volumes());
                break;
            case "SECRET":
                candidates.AddRange(names.Secrets());
                break;
            case "CONFIG":
                candidates.AddRange(names.Configs());
                break;
            case "SERVICE" or "SERVICE|TASK":
                candidates.AddRange(names.Services());
                break;
            case "SERVICE=REPLICAS":
                candidates.AddRange(names.Services().Select(static n => n + "="));
                candidates.NoSpace = true;
                break;
            case "NODE" or "self|NODE":
                candidates.AddRange(names.Nodes().Append("self"));
                break;
            case "CONTEXT":
                candidates.AddRange(names.Contexts());
                break;
            case "NAME|ID":
                candidates.AddRange([.. names.Containers(), .. names.Images(), .. names.Networks()]);
                candidates.AddRange([.. names.Volumes(), .. names.Services(), .. names.Nodes()]);
                break;
            case "FILE|-" or "file|URL|-":
                candidates.Files = true;
                break;
            case ['(', .. var choices, ')']:
                candidates.AddRange(choices.Split('|'));
                break;
        }
    }

    /// <summary>Only those that the command can do something to; none named: all.</summary>
    private static string[] StatesFor(string path) => path switch
    {
        "container start" => ["created", "exited"],
        "container unpause" => ["paused"],
        "container attach" or "container exec" or "container kill" or "container pause" or "container port"
            or "container stats" or "container stop" or "container top" => ["running", "paused", "restarting"],
        _ => [],
    };
}
