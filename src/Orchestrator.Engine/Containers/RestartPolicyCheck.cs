namespace Orchestrator.Engine.Containers;

/// <summary>Restart policies that contradict themselves.</summary>
internal static class RestartPolicyCheck
{
    public static void Check(RestartPolicy policy)
    {
        if (policy.MaximumRetryCount < 0)
            throw EngineException.Invalid("invalid restart policy: maximum retry count cannot be negative");
        if (policy is { MaximumRetryCount: > 0, Condition: not RestartCondition.OnFailure })
            throw EngineException.Invalid(
                "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }
}
