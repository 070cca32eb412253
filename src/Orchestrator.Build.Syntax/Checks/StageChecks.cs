using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Follows each stage from instruction to instruction.</summary>
internal sealed class StageChecks(Dockerfile file, CheckInputs inputs, FindingSink sink)
{
    private readonly IReadOnlyDictionary<string, string> defaults = FromChecks.Defaults(file);
    private readonly List<StageScope> scopes = [];

    public void Run()
    {
        foreach (var stage in file.Stages)
        {
            var scope = Begin(stage);
            scopes.Add(scope);
            foreach (var instruction in stage.Instructions)
            {
                Undefined(instruction, scope);
                Check(instruction, scope);
            }
        }
    }

    private StageScope Begin(Stage stage)
    {
        var name = FromChecks.Expanded(stage.From.Base, defaults) ?? "";
        var earlier = file.Stages.Take(stage.Index).LastOrDefault(candidate => candidate.IsCalled(name));
        if (earlier is not null) return scopes[earlier.Index].Child();
        var facts = name == "scratch" ? new BaseFacts([], "") : inputs.Bases(name);
        return new StageScope
        {
            Known = ["PATH", .. facts?.Variables ?? []],
            IsBaseKnown = facts is not null,
            HasShell = facts?.HasShell ?? false,
        };
    }

    private void Check(Instruction instruction, StageScope scope)
    {
        switch (instruction)
        {
            case ArgInstruction arg:
                foreach (var argument in arg.Arguments) Declare(arg, "ARG", argument.Name, scope);
                break;
            case EnvInstruction env:
                foreach (var pair in env.Variables) Declare(env, "ENV", pair.Key, scope);
                Legacy(env, env.Variables);
                break;
            case LabelInstruction label:
                Legacy(label, label.Labels);
                break;
            case MaintainerInstruction:
                sink.Add("MaintainerDeprecated", instruction,
                    "Maintainer instruction is deprecated in favor of using label");
                break;
            case WorkdirInstruction workdir:
                if (!scope.HasWorkdir && !workdir.Path.StartsWith('/') && !workdir.Path.StartsWith('$'))
                {
                    sink.Add("WorkdirRelativePath", workdir,
                        $"Relative workdir \"{workdir.Path}\" can have unexpected results if the base image changes");
                }
                scope.HasWorkdir = true;
                break;
            case ShellInstruction:
                scope.HasShell = true;
                break;
            case CmdInstruction or EntrypointInstruction or HealthCheckInstruction:
                Once(instruction, scope);
                break;
            case CopyInstruction { From: null } copy:
                foreach (var source in copy.Files.Sources) Ignored(copy, "Copy", source);
                break;
            case AddInstruction add:
                foreach (var source in add.Files.Sources.Where(source => !IsAddress(source))) Ignored(add, "Add", source);
                break;
            case ExposeInstruction expose:
                foreach (var port in expose.Ports) Port(expose, port);
                break;
        }
    }

    private void Declare(Instruction instruction, string keyword, string name, StageScope scope)
    {
        if (SecretNames.IsOne(name))
        {
            sink.Add("SecretsUsedInArgOrEnv", instruction,
                $"Do not use ARG or ENV instructions for sensitive data ({keyword} \"{name}\")");
        }
        scope.Known.Add(name);
    }

    private void Legacy(Instruction instruction, ImmutableArray<KeyValue> pairs)
    {
        var keyword = instruction.Source.Keyword;
        if (pairs.Any(pair => pair.IsLegacy))
        {
            sink.Add("LegacyKeyValueFormat", instruction,
                $"\"{keyword} key=value\" should be used instead of legacy \"{keyword} key value\" format");
        }
    }

    private void Once(Instruction instruction, StageScope scope)
    {
        var command = (instruction as CmdInstruction)?.Command ?? (instruction as EntrypointInstruction)?.Command;
        if (command is { IsShell: true } && !scope.HasShell)
        {
            sink.Add("JSONArgsRecommended", instruction, $"JSON arguments recommended for {instruction.Source.Keyword} "
                + "to prevent unintended behavior related to OS signals");
        }
        if (scope.Last.TryGetValue(instruction.Name, out var last))
        {
            // The earlier one is in vain, so that is the one to show.
            sink.Add("MultipleInstructionsDisallowed", last, $"Multiple {instruction.Source.Keyword} instructions should "
                + "not be used in the same stage because only the last one will be used");
        }
        scope.Last[instruction.Name] = instruction;
    }

    private void Ignored(Instruction instruction, string verb, string source)
    {
        // What a line takes in again is not to be told without the files.
        if (inputs.Ignored.IsEmpty || inputs.Ignored.HasExceptions) return;
        var path = Patterns.GoPath.Clean(source);
        var isRoot = path is "." or "/";
        if (isRoot ? inputs.Ignored.ExcludesRoot : inputs.Ignored.Excludes(path.TrimStart('/')))
        {
            sink.Add("CopyIgnoredFile", instruction,
                $"Attempting to {verb} file \"{path}\" that is excluded by .dockerignore");
        }
    }

    private void Port(ExposeInstruction expose, string port)
    {
        if (port.Contains('$', StringComparison.Ordinal)) return;
        var slash = port.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && port[slash..].Any(char.IsUpper))
        {
            sink.Add("ExposeProtoCasing", expose,
                $"Defined protocol '{port}' in EXPOSE instruction should be lowercase");
        }
        if (port.Contains(':', StringComparison.Ordinal))
        {
            sink.Add("ExposeInvalidFormat", expose,
                $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'");
        }
    }

    /// <summary>Where nothing is known of the base, only a name that is almost one of the file's own counts.</summary>
    private void Undefined(Instruction instruction, StageScope scope)
    {
        foreach (var name in ExpandedWords.Of(instruction, file.Directives.Escape).Distinct())
        {
            if (scope.Known.Contains(name) || name.StartsWith("BUILDKIT_SBOM_SCAN_", StringComparison.Ordinal)) continue;
            var meant = Parsing.Suggestion.For(name, scope.Known).Replace("mean ", "mean $", StringComparison.Ordinal);
            if (scope.IsBaseKnown || meant.Length > 0)
                sink.Add("UndefinedVar", instruction, $"Usage of undefined variable '${name}'{meant}");
        }
    }

    private static bool IsAddress(string source) =>
        source.Contains("://", StringComparison.Ordinal) || source.StartsWith("git@", StringComparison.Ordinal);
}
