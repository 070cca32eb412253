using Xunit.Abstractions;

namespace Orchestrator.Testing.Runner;

/// <summary>Takes xunit's own chatter and drops it.</summary>
internal sealed class Silence : IMessageSink
{
    public bool OnMessage(IMessageSinkMessage message) => true;
}

/// <summary>Collects the test cases whose full name contains one of the parts; all when there is none.</summary>
internal sealed class Discovery(string[] parts) : IMessageSink, IDisposable
{
    public List<ITestCase> Cases { get; } = [];

    /// <summary>Set once a search is over.</summary>
    public AutoResetEvent Finished { get; } = new(false);

    /// <summary>Whether to search the type at all: on an emulated CPU a search costs seconds.</summary>
    public bool Wants(Type type) => type.GetMethods().Any(m => Wanted($"{type.FullName}.{m.Name}"));

    public bool OnMessage(IMessageSinkMessage message)
    {
        if (message is ITestCaseDiscoveryMessage { TestCase.TestMethod: var test } found
            && Wanted($"{test.TestClass.Class.Name}.{test.Method.Name}"))
            Cases.Add(found.TestCase);
        if (message is IDiscoveryCompleteMessage)
            Finished.Set();
        return true;
    }

    public void Dispose() => Finished.Dispose();

    private bool Wanted(string name) =>
        parts.Length == 0 || parts.Any(p => name.Contains(p, StringComparison.Ordinal));
}

/// <summary>Counts the outcomes; says which tests failed, and why, as it happens.</summary>
internal sealed class Execution : IMessageSink, IDisposable
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public ManualResetEvent Finished { get; } = new(false);

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed passed:
                Passed++;
                Console.WriteLine($"pass {passed.Test.DisplayName} ({passed.ExecutionTime} s)");
                break;
            case ITestSkipped skipped:
                Skipped++;
                Console.WriteLine($"skip {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestFailed failed:
                Fail(failed.Test.DisplayName, failed);
                break;
            case IErrorMessage error:
                Fail("xunit", error);
                break;
            case ITestAssemblyFinished:
                Finished.Set();
                break;
        }

        return true;
    }

    public void Dispose() => Finished.Dispose();

    private void Fail(string name, IFailureInformation why)
    {
        Failed++;
        Console.WriteLine($"FAIL {name}\n{string.Join('\n', why.Messages)}\n{string.Join('\n', why.StackTraces)}");
    }
}
