namespace BillionHearts.Messaging;

/// <summary>What becomes of a message.</summary>
public enum Settlement
{
    /// <summary>Done with, also when there was nothing to do: a duplicate, or a fact about something gone.</summary>
    Ack,

    /// <summary>Can never be handled: to the dead-letter queue, where a person can look at it.</summary>
    DeadLetter,

    /// <summary>Not now: back to the queue after a delay that grows with each delivery, to the dead-letter queue after 20.</summary>
    Requeue,
}
