"""The desk's window in Qt: it shows the flow's views and sends intents back."""
